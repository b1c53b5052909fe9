/**
 * Integers modulo the order n, as eight u32 words, least first.
 * @module
 */
import { modularInverse } from "../arithmetic/modular-inverse";
import { ORDER, ORDER_30, ORDER_COMPLEMENT } from "./constants.generated";

/** Bytes of a scalar. */
export const SCALAR: usize = 32;

const wide = memory.data(68, 8);
const folded = memory.data(68, 8);
const work = memory.data(144, 8);

/** r = a·b, of `aBytes` and `bBytes`; r is neither of them. */
export function multiplyWords(r: usize, a: usize, aBytes: usize, b: usize, bBytes: usize): void {
  memory.fill(r, 0, aBytes + bBytes);
  for (let i: usize = 0; i < aBytes; i += 4) {
    const word: u64 = i64.load32_u(a + i);
    let carry: u64 = 0;
    let at = r + i;
    for (let j: usize = 0; j < bBytes; j += 4) {
      carry += word * i64.load32_u(b + j) + i64.load32_u(at);
      store<u32>(at, <u32>carry);
      carry >>= 32;
      at += 4;
    }
    store<u32>(at, <u32>carry);
  }
}

/** Whether a < b, eight words each. */
export function isBelow(a: usize, b: usize): bool {
  for (let at: i32 = 28; at >= 0; at -= 4) {
    const word = load<u32>(a + at), limit = load<u32>(b + at);
    if (word != limit) return word < limit;
  }
  return false;
}

@inline
export function scalarIsReduced(a: usize): bool {
  return isBelow(a, ORDER);
}

export function scalarIsZero(a: usize): bool {
  return (load<u64>(a) | load<u64>(a, 8) | load<u64>(a, 16) | load<u64>(a, 24)) == 0;
}

/** a -= n in eight words. @returns the borrow, 0 or -1 */
function subtractOrder(a: usize): i64 {
  let borrow: i64 = 0;
  for (let at: usize = 0; at < SCALAR; at += 4) {
    borrow += <i64>load<u32>(a + at) - <i64>load<u32>(ORDER + at);
    store<u32>(a + at, <u32>borrow);
    borrow >>= 32;
  }
  return borrow;
}

/** From 32 big-endian bytes, not reduced. */
export function scalarParse(r: usize, bytes: usize): void {
  for (let at: usize = 0; at < SCALAR; at += 8) {
    store<u64>(r + at, bswap(load<u64>(bytes + 24 - at)));
  }
}

/**
 * r = a·b modulo n, of any 256-bit a and b. 2^256 is the 129-bit complement 2^256 - n modulo n: folding the high part with
 * it three times takes 512 bits to 386, to 260, to 256 and a carry.
 */
export function scalarMul(r: usize, a: usize, b: usize): void {
  multiplyWords(wide, a, SCALAR, b, SCALAR);
  foldHighWords(SCALAR);
  foldHighWords(20);
  foldHighWords(4);
  while (load<u32>(wide, SCALAR) != 0 || !scalarIsReduced(wide)) {
    store<u32>(wide, load<u32>(wide, SCALAR) + <u32>subtractOrder(wide), SCALAR);
  }
  memory.copy(r, wide, SCALAR);
}

/** wide = low eight words + complement · the words above them, of which `highBytes` are used. */
function foldHighWords(highBytes: usize): void {
  const complementBytes: usize = 20;
  multiplyWords(folded, wide + SCALAR, highBytes, ORDER_COMPLEMENT, complementBytes);
  let carry: u64 = 0;
  for (let at: usize = 0; at < SCALAR + complementBytes; at += 4) {
    if (at < highBytes + complementBytes) carry += i64.load32_u(folded + at);
    if (at < SCALAR) carry += i64.load32_u(wide + at);
    store<u32>(wide + at, <u32>carry);
    carry >>= 32;
  }
}

/** r = 1/a modulo n, for a below n; 0 for 0. */
export function scalarInvert(r: usize, a: usize): void {
  modularInverse(r, a, ORDER_30, work);
}
