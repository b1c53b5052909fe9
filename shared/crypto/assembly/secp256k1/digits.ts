/**
 * Scalars as the ladder reads them: halves of half the length, and few digits that are not zero.
 * @module
 */
import {
  SPLIT_A1, SPLIT_A2, SPLIT_B1, SPLIT_B2, SPLIT_G1, SPLIT_G2,
} from "./constants.generated";
import { multiplyWords, SCALAR } from "./scalar";

/** Bytes of a half: five u32 words, and room for reading eight bytes at its last. */
const HALF: usize = 20;

/** Digits of a half, one i16 for each bit position; 133 of them can be other than zero. */
export const DIGIT_BYTES: usize = 272;

/** The two halves of the last split scalar, as magnitudes. */
export const half1 = memory.data(24, 8);
export const half2 = memory.data(24, 8);
/** Whether a half is to be taken negative. */
export let isHalf1Negative: bool = false;
export let isHalf2Negative: bool = false;

const wide = memory.data(68, 8);
const multiple1 = memory.data(24, 8);
const multiple2 = memory.data(24, 8);

/**
 * k = k1 + k2·λ modulo n with both below 2^129, into the halves. (k, 0) is taken to the lattice of
 * the vectors that are 0 modulo n, and what it misses its neighbour there by is short.
 * @source Gallant, Lambert, Vanstone, CRYPTO 2001; constants in `curve.ts`
 */
export function splitScalar(k: usize): void {
  multiplyHigh(multiple1, k, SPLIT_G1);
  multiplyHigh(multiple2, k, SPLIT_G2);
  memory.copy(half1, k, HALF);
  memory.fill(half2, 0, HALF);
  addProduct(half1, multiple1, SPLIT_A1);
  addProduct(half1, multiple2, SPLIT_A2);
  addProduct(half2, multiple1, SPLIT_B1);
  addProduct(half2, multiple2, SPLIT_B2);
  isHalf1Negative = makeMagnitude(half1);
  isHalf2Negative = makeMagnitude(half2);
}

/** r = (k·g + 2^383) / 2^384, five words. */
function multiplyHigh(r: usize, k: usize, g: usize): void {
  multiplyWords(wide, k, SCALAR, g, SCALAR);
  let carry: u64 = i64.load32_u(wide, 44) >> 31;
  for (let at: usize = 0; at < 16; at += 4) {
    carry += i64.load32_u(wide + 48 + at);
    store<u32>(r + at, <u32>carry);
    carry >>= 32;
  }
  store<u32>(r, <u32>carry, 16);
}

/** r += a·b modulo 2^160 */
function addProduct(r: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < HALF; i += 4) {
    const word: u64 = i64.load32_u(a + i);
    let carry: u64 = 0;
    for (let j: usize = 0; i + j < HALF; j += 4) {
      carry += word * i64.load32_u(b + j) + i64.load32_u(r + i + j);
      store<u32>(r + i + j, <u32>carry);
      carry >>= 32;
    }
  }
}

/** Negate what is negative as a signed 160-bit integer. @returns whether it was */
function makeMagnitude(r: usize): bool {
  if (load<i32>(r, 16) >= 0) return false;
  let carry: u64 = 1;
  for (let at: usize = 0; at < HALF; at += 4) {
    carry += i64.load32_u(r + at) ^ 0xffffffff;
    store<u32>(r + at, <u32>carry);
    carry >>= 32;
  }
  return true;
}

/**
 * Width-w non-adjacent form of a half below 2^131: odd digits of magnitude below 2^(w-1), any two of
 * them at least w positions apart.
 * @returns position of the highest digit, 0 where all are zero
 * @source Solinas: Efficient Arithmetic on Koblitz Curves, Designs, Codes and Cryptography 19 (2000)
 */
export function nonAdjacentForm(digits: usize, half: usize, width: i32): i32 {
  memory.fill(digits, 0, DIGIT_BYTES);
  let position: i32 = 0, top: i32 = 0;
  let carry: u32 = 0;
  while (position < 131) {
    const word = half + (<usize>(position >> 5) << 2);
    const bits = <u32>(load<u64>(word) >> (position & 31));
    if ((bits & 1) == carry) {
      position++;
      continue;
    }
    const window = (bits & ((1 << width) - 1)) + carry;
    carry = (window >> (width - 1)) & 1;
    store<i16>(digits + (<usize>position << 1), <i16>(<i32>window - <i32>(carry << width)));
    top = position;
    position += width;
  }
  return top;
}
