/**
 * SHA-256 once and twice: of one message, of four of one length, and the rows of a Merkle tree.
 *
 * A message lies at `input`, with room for its padding behind it.
 * @source FIPS 180-4, 5.1.1, 6.2
 * @module
 */
import {
  compress, compressLanes, compressPadding, compressPaddingLanes, INITIAL_LANES, INITIAL_STATE,
} from "./compress.generated";

const BLOCK: usize = 64;
const DIGEST: usize = 32;
const LANES: usize = 4;

/** Where messages go. The memory grows behind it. */
export let input: usize = (__heap_base + 63) & ~63;
/** Where the digest of one message comes out, 32 bytes; of four, in turn, 128 bytes. */
export const output: usize = memory.data(128, 16);
/** Lengths of four messages, in bytes; u32. */
export const lengths: usize = memory.data(16, 16);

const state = memory.data(32, 16);
const lanes = memory.data(128, 16);
/** The words of four blocks, word by word; also of the four digests that are hashed again. */
const words = memory.data(256, 16);
const second = memory.data(64, 16);

/** Bytes of the padding behind a message of so many bytes: to whole blocks, nine at least. */
@inline
function paddedBytes(length: usize): usize {
  return (length + 9 + BLOCK - 1) & ~(BLOCK - 1);
}

/** Make sure that so many bytes fit at `input`. */
export function reserve(bytes: usize): void {
  const pages = <i32>((input + bytes + 0xffff) >> 16);
  if (pages > memory.size()) memory.grow(pages - memory.size());
}

/** Append a one bit, zeros, and the length in bits. @returns the bytes with them */
function pad(at: usize, length: usize): usize {
  const padded = paddedBytes(length);
  memory.fill(at + length, 0, padded - length);
  store<u8>(at + length, 0x80);
  store<u64>(at + padded - 8, bswap<u64>(<u64>length << 3));
  return padded;
}

function hashAt(at: usize, length: usize, to: usize): void {
  const end = at + pad(at, length);
  memory.copy(state, INITIAL_STATE, DIGEST);
  for (let block = at; block < end; block += BLOCK) compress(state, block);
  storeDigest(to);
}

@inline
function storeDigest(to: usize): void {
  for (let word: usize = 0; word < DIGEST; word += 4) {
    store<u32>(to + word, bswap<u32>(load<u32>(state + word)));
  }
}

/** Digest of the message of `length` bytes at `input`. */
export function hash(length: usize): void {
  hashAt(input, length, output);
}

/** Digest of the digest of it. */
export function hashTwice(length: usize): void {
  hashAt(input, length, second);
  hashAt(second, DIGEST, output);
}

/**
 * The same for four messages, at `input` and in steps of `stride` bytes, to which each comes with
 * its padding. Their lengths are at `lengths`.
 */
export function hashTwiceLanes(stride: usize): void {
  for (let lane: usize = 0; lane < LANES; lane++) {
    pad(input + lane * stride, load<u32>(lengths + (lane << 2)));
  }
  memory.copy(lanes, INITIAL_LANES, LANES * DIGEST);
  for (let at: usize = 0; at < stride; at += BLOCK) {
    gatherBlock(input + at, stride);
    compressLanes(lanes, words);
  }
  hashLanesAgain();
  scatterDigests(output);
}

/** Words of four blocks, in steps of `stride`, lane by lane: four 4×4 transpositions. */
function gatherBlock(at: usize, stride: usize): void {
  for (let quarter: usize = 0; quarter < BLOCK; quarter += 16) {
    const from = at + quarter, to = words + (quarter << 2);
    const a = v128.load(from), b = v128.load(from + stride);
    const c = v128.load(from + 2 * stride), d = v128.load(from + 3 * stride);
    transpose(to, bigEndian(a), bigEndian(b), bigEndian(c), bigEndian(d));
  }
}

/** The four words of a, b, c, d become lanes of one each. */
@inline
function transpose(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7), cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<u64>(ab, cd, 0, 2));
  v128.store(to, v128.shuffle<u64>(ab, cd, 1, 3), 16);
  v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 0, 2), 32);
  v128.store(to, v128.shuffle<u64>(abHigh, cdHigh, 1, 3), 48);
}

@inline
function bigEndian(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Hash the four digests in `lanes`: already words, and the rest of the block is padding. */
function hashLanesAgain(): void {
  memory.copy(words, lanes, LANES * DIGEST);
  memory.fill(words + LANES * DIGEST, 0, LANES * DIGEST);
  v128.store(words + 128, i32x4.splat(<i32>0x80000000));
  v128.store(words + 240, i32x4.splat(256));
  memory.copy(lanes, INITIAL_LANES, LANES * DIGEST);
  compressLanes(lanes, words);
}

/** The four digests in `lanes` as bytes, one after the other. */
function scatterDigests(to: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const from = lanes + (half << 6);
    transpose(
      words,
      bigEndian(v128.load(from)), bigEndian(v128.load(from, 16)),
      bigEndian(v128.load(from, 32)), bigEndian(v128.load(from, 48)),
    );
    for (let lane: usize = 0; lane < LANES; lane++) {
      v128.store(to + lane * DIGEST + (half << 4), v128.load(words + (lane << 4)));
    }
  }
}

/** Digest of the digest of the 64 bytes at `at`. */
function hashPair(at: usize, to: usize): void {
  memory.copy(state, INITIAL_STATE, DIGEST);
  compress(state, at);
  compressPadding(state);
  storeDigest(second);
  hashAt(second, DIGEST, to);
}

/** The same for four pairs in a row; their digests may take the place of the first two. */
function hashPairs(at: usize, to: usize): void {
  memory.copy(lanes, INITIAL_LANES, LANES * DIGEST);
  gatherBlock(at, BLOCK);
  compressLanes(lanes, words);
  compressPaddingLanes(lanes);
  hashLanesAgain();
  scatterDigests(to);
}

/**
 * Root of the Merkle tree over `count` leaves, one or more, at `input`, where there is room for one
 * more; it comes out in their place.
 * @returns whether two neighbours that both exist were equal in any row
 */
export function merkle(count: usize): bool {
  let mutated = false;
  for (let left = count; left > 1; left = (left + 1) >> 1) {
    for (let i: usize = 0; i + 1 < left; i += 2) {
      if (areEqual(input + i * DIGEST, input + (i + 1) * DIGEST)) mutated = true;
    }
    if (left & 1) memory.copy(input + left * DIGEST, input + (left - 1) * DIGEST, DIGEST);
    const pairs = (left + 1) >> 1;
    let i: usize = 0;
    for (; i + LANES <= pairs; i += LANES) hashPairs(input + i * BLOCK, input + i * DIGEST);
    for (; i < pairs; i++) hashPair(input + i * BLOCK, input + i * DIGEST);
  }
  return mutated;
}

@inline
function areEqual(a: usize, b: usize): bool {
  const low = v128.xor(v128.load(a), v128.load(b));
  const high = v128.xor(v128.load(a, 16), v128.load(b, 16));
  return !v128.any_true(v128.or(low, high));
}

/** Digest of a message that comes in pieces: state at the start. */
export function begin(): void {
  memory.copy(state, INITIAL_STATE, DIGEST);
}

/** Whole blocks of it, at `input`. */
export function absorb(bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += BLOCK) compress(state, input + at);
}

/** The rest of it at `input`, less than a block, and what its whole length was. */
export function finish(rest: usize, low: u32, high: u32): void {
  const padded = paddedBytes(rest);
  pad(input, rest);
  const length = (<u64>high << 32) | low;
  store<u64>(input + padded - 8, bswap<u64>(length << 3));
  absorb(padded);
  storeDigest(output);
}
