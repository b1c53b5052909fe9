/**
 * The field modulo p = 2^256 - 2^32 - 977, beside the products of `generate-field.ts`, where the
 * form of an element and its magnitude are explained.
 * @module
 */
import { FIELD_PRIME } from "./constants.generated";
import { feCopy, feMul, feSqr } from "./field.generated";

/** Bytes of an element in memory. */
export const FE: usize = 40;

const MASK: u32 = 0x1fffffff;
const TOP_MASK: u32 = 0xffffff;
/** Offset of the limb that holds bits 232 to 255. */
const TOP: usize = 32;

const canonical = memory.data(40, 8);

/** Bring an element of magnitude 7 at most to its one form below p. */
export function feNormalize(r: usize): void {
  let carry: u64 = 0;
  for (let at: usize = 0; at < TOP; at += 4) {
    carry += i64.load32_u(r + at);
    store<u32>(r + at, <u32>carry & MASK);
    carry >>= 29;
  }
  carry += i64.load32_u(r, TOP);
  store<u32>(r, <u32>carry & TOP_MASK, TOP);
  carry >>= 24;
  // 2^256 = 2^32 + 977; the second round is for a first one that runs over by itself
  carry = fold(r, carry);
  fold(r, carry);
  if (isAtLeastPrime(r)) subtractPrime(r);
}

/** Add overflow·2^256. @returns what passes 2^256 after that */
function fold(r: usize, overflow: u64): u64 {
  let carry: u64 = overflow * 977;
  for (let at: usize = 0; at < TOP; at += 4) {
    carry += i64.load32_u(r + at);
    if (at == 4) carry += overflow << 3;
    store<u32>(r + at, <u32>carry & MASK);
    carry >>= 29;
  }
  carry += i64.load32_u(r, TOP);
  store<u32>(r, <u32>carry & TOP_MASK, TOP);
  return carry >> 24;
}

/** For carried limbs: all but the lowest two limbs of p are full. */
function isAtLeastPrime(r: usize): bool {
  if (load<u32>(r, TOP) != TOP_MASK) return false;
  for (let at: usize = TOP - 4; at >= 8; at -= 4) if (load<u32>(r + at) != MASK) return false;
  const limb = load<u32>(r, 4), prime = load<u32>(FIELD_PRIME, 4);
  return limb > prime || (limb == prime && load<u32>(r) >= load<u32>(FIELD_PRIME));
}

function subtractPrime(r: usize): void {
  let borrow: i64 = 0;
  for (let at: usize = 0; at <= TOP; at += 4) {
    borrow += <i64>load<u32>(r + at) - <i64>load<u32>(FIELD_PRIME + at);
    store<u32>(r + at, <u32>borrow & MASK);
    borrow >>= 29;
  }
}

/** Whether an element of magnitude 1 is zero. The lowest limb of 0 and of p answers nearly always. */
@inline
export function feIsZero(a: usize): bool {
  const limb = load<u32>(a);
  if (limb != 0 && limb != load<u32>(FIELD_PRIME)) return false;
  return isZeroNormalized(a);
}

function isZeroNormalized(a: usize): bool {
  feCopy(canonical, a);
  feNormalize(canonical);
  let any: u64 = 0;
  for (let at: usize = 0; at < FE; at += 8) any |= load<u64>(canonical + at);
  return any == 0;
}

/** Parity of an element in its one form. */
@inline
export function feIsOdd(a: usize): bool {
  return (load<u8>(a) & 1) != 0;
}

/** From four u64 words, least first. */
export function feFromWords(r: usize, words: usize): void {
  const mask: u64 = MASK;
  const w0 = load<u64>(words), w1 = load<u64>(words, 8);
  const w2 = load<u64>(words, 16), w3 = load<u64>(words, 24);
  store<u64>(r, (w0 & mask) | (((w0 >> 29) & mask) << 32));
  store<u64>(r, (((w0 >> 58) | (w1 << 6)) & mask) | (((w1 >> 23) & mask) << 32), 8);
  store<u64>(r, (((w1 >> 52) | (w2 << 12)) & mask) | (((w2 >> 17) & mask) << 32), 16);
  store<u64>(r, (((w2 >> 46) | (w3 << 18)) & mask) | (((w3 >> 11) & mask) << 32), 24);
  store<u64>(r, w3 >> 40, TOP);
}

const parsed = memory.data(32, 8);

/** From 32 big-endian bytes. @returns whether they are below p */
export function feParse(r: usize, bytes: usize): bool {
  for (let at: usize = 0; at < 32; at += 8) {
    store<u64>(parsed + at, bswap(load<u64>(bytes + 24 - at)));
  }
  feFromWords(r, parsed);
  return !isAtLeastPrime(r);
}

const power2 = memory.data(80, 8);
const power3 = memory.data(80, 8);
const power22 = memory.data(80, 8);
const power44 = memory.data(80, 8);
const power223 = memory.data(80, 8);
const chain = memory.data(80, 8);
const base = memory.data(80, 8);

/**
 * Whether the chains work on two elements in a row. A square waits for the one before, and two that
 * do not wait for each other take a tenth less time each.
 */
let isPair: bool = false;

/** r = a^(2^count) */
function feSqrTimes(r: usize, a: usize, count: i32): void {
  feSqr(r, a);
  if (isPair) feSqr(r + FE, a + FE);
  for (let i = 1; i < count; i++) {
    feSqr(r, r);
    if (isPair) feSqr(r + FE, r + FE);
  }
}

/** r = a^(2^count)·b */
function feSqrTimesMul(r: usize, a: usize, count: i32, b: usize): void {
  feSqrTimes(r, a, count);
  feMul(r, r, b);
  if (isPair) feMul(r + FE, r + FE, b + FE);
}

/**
 * `power2`, `power22`, `power223` = a^(2^2 - 1), a^(2^22 - 1), a^(2^223 - 1): the runs of ones with
 * which (p + 1)/4 and p - 2 are written. Each line doubles or adds lengths of runs.
 */
function runsOfOnes(a: usize, pair: bool): void {
  isPair = pair;
  feCopy(base, a);
  if (pair) feCopy(base + FE, a + FE);
  feSqrTimesMul(power2, base, 1, base);
  feSqrTimesMul(power3, power2, 1, base);
  feSqrTimesMul(chain, power3, 3, power3);
  feSqrTimesMul(chain, chain, 3, power3);
  feSqrTimesMul(chain, chain, 2, power2); // 11
  feSqrTimesMul(power22, chain, 11, chain);
  feSqrTimesMul(power44, power22, 22, power22);
  feSqrTimesMul(chain, power44, 44, power44); // 88
  feSqrTimesMul(power223, chain, 88, chain); // 176
  feSqrTimesMul(power223, power223, 44, power44); // 220
  feSqrTimesMul(power223, power223, 3, power3);
}

/** Root of a where it has one; `pair`: of two elements in a row. */
export function feSqrt(r: usize, a: usize, pair: bool): void {
  // a^((p + 1)/4), since p = 3 (mod 4): 223 ones, 0, 22 ones, 00001100
  runsOfOnes(a, pair);
  feSqrTimesMul(chain, power223, 23, power22);
  feSqrTimesMul(chain, chain, 6, power2);
  feSqrTimes(r, chain, 2);
}

/** a^(p - 2), the inverse; for the tables made at the start. 223 ones, 0, 22 ones, 0000101101. */
export function feInvert(r: usize, a: usize): void {
  runsOfOnes(a, false);
  feSqrTimesMul(chain, power223, 23, power22);
  feSqrTimesMul(chain, chain, 5, base);
  feSqrTimesMul(chain, chain, 3, power2);
  feSqrTimesMul(r, chain, 2, base);
}
