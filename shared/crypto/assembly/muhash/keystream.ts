/**
 * ChaCha20 as a stretcher: 384 bytes of keystream, counter and nonce zero. Four blocks at once, one
 * in each lane; six are used of eight.
 * @source Bernstein: ChaCha, a variant of Salsa20 (2008); RFC 8439, 2.3
 * @module
 */

const WORDS: usize = 16;
const BLOCK: usize = 64;
const DOUBLE_ROUNDS: i32 = 10;

/** "expand 32-byte k" */
const CONSTANTS = memory.data<u32>([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574], 16);

const start = memory.data(256, 16);
const state = memory.data(256, 16);

/** 384 bytes under the key of 32, at `to`, where there is room for 512. */
export function keystream(to: usize, key: usize): void {
  for (let i: usize = 0; i < 4; i++) set(i, i32x4.splat(load<i32>(CONSTANTS + (i << 2))));
  for (let i: usize = 0; i < 8; i++) set(4 + i, i32x4.splat(load<i32>(key + (i << 2))));
  for (let i: usize = 13; i < WORDS; i++) set(i, i32x4.splat(0));
  fourBlocks(to, i32x4(0, 1, 2, 3));
  fourBlocks(to + 4 * BLOCK, i32x4(4, 5, 6, 7));
}

@inline
function set(word: usize, value: v128): void {
  v128.store(start + (word << 4), value);
}

function fourBlocks(to: usize, counters: v128): void {
  set(12, counters);
  memory.copy(state, start, WORDS << 4);
  for (let i = 0; i < DOUBLE_ROUNDS; i++) {
    quarterRound(0, 4, 8, 12);
    quarterRound(1, 5, 9, 13);
    quarterRound(2, 6, 10, 14);
    quarterRound(3, 7, 11, 15);
    quarterRound(0, 5, 10, 15);
    quarterRound(1, 6, 11, 12);
    quarterRound(2, 7, 8, 13);
    quarterRound(3, 4, 9, 14);
  }
  for (let word: usize = 0; word < WORDS; word++) {
    const value = i32x4.add(v128.load(state + (word << 4)), v128.load(start + (word << 4)));
    const at = to + (word << 2);
    store<i32>(at, i32x4.extract_lane(value, 0));
    store<i32>(at + BLOCK, i32x4.extract_lane(value, 1));
    store<i32>(at + 2 * BLOCK, i32x4.extract_lane(value, 2));
    store<i32>(at + 3 * BLOCK, i32x4.extract_lane(value, 3));
  }
}

@inline
function quarterRound(ia: usize, ib: usize, ic: usize, id: usize): void {
  const atA = state + (ia << 4), atB = state + (ib << 4);
  const atC = state + (ic << 4), atD = state + (id << 4);
  let a = v128.load(atA), b = v128.load(atB), c = v128.load(atC), d = v128.load(atD);
  a = i32x4.add(a, b);
  d = v128.xor(d, a);
  d = v128.shuffle<u8>(d, d, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  c = i32x4.add(c, d);
  b = rotateLeft(v128.xor(b, c), 12);
  a = i32x4.add(a, b);
  d = v128.xor(d, a);
  d = v128.shuffle<u8>(d, d, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
  c = i32x4.add(c, d);
  b = rotateLeft(v128.xor(b, c), 7);
  v128.store(atA, a);
  v128.store(atB, b);
  v128.store(atC, c);
  v128.store(atD, d);
}

@inline
function rotateLeft(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}
