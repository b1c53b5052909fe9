/**
 * Numbers modulo 2^3072 - 1103717.
 *
 * **Form.** 112 limbs of 28 bits, a value below 2^3136 that need not be the least of its class. The
 * limbs are four pieces of 28, of which two lie side by side: pair 0 holds limb i of pieces 0 and 1
 * as the two u32 of its word i, pair 1 those of pieces 2 and 3.
 *
 * **Product.** Karatsuba twice: nine products of pieces instead of sixteen, and two of them at once,
 * one in each lane of v128. Everything is modulo 2^64, where sums and differences may run over as
 * they like: a column of the whole product is at most 112·2^56, which fits.
 * @module
 */
import { modularInverse } from "../arithmetic/modular-inverse";
import { multiplyPairs, PRIME_30 } from "./product.generated";

/** Bytes of a value below 2^3072, little-endian. */
export const VALUE: usize = 384;

const PIECE_LIMBS: usize = 28;
const PIECES: usize = 4;
const LIMBS: usize = 112;
const PAIR: usize = 224;
const LIMB_BITS: u64 = 28;
const MASK: u64 = 0xfffffff;
/** What 2^3072 is modulo the prime. */
const EXCESS: u64 = 1103717;
/** 2^3136 is this, two limbs up: 2^64·1103717 = 2^56·(1103717·2^8). */
const FOLD: u64 = EXCESS << 8;
const FOLD_LIMBS: usize = 2;
/** The same as bytes of columns; and those of the low half of the columns. */
const FOLD_AT: usize = FOLD_LIMBS << 3;
const HIGH_COLUMNS: usize = LIMBS << 3;

const sumA = memory.data(224, 16);
const sumB = memory.data(224, 16);
const innerA = memory.data(224, 16);
const innerB = memory.data(224, 16);
const outerA = memory.data(224, 16);
const outerB = memory.data(224, 16);

/** Columns of products: of the pairs, of their sum, of sums within the pairs, of the sum of all. */
const low = memory.data(896, 16);
const high = memory.data(896, 16);
const both = memory.data(896, 16);
const inner = memory.data(896, 16);
const outer = memory.data(896, 16);

/** Columns, later limbs, of the product of whole numbers. */
const columns = memory.data(1808, 16);

/** r = a·b; all may be the same. */
export function multiply(r: usize, a: usize, b: usize): void {
  addWithin(a, sumA, innerA, outerA);
  addWithin(b, sumB, innerB, outerB);
  multiplyPairs(low, a, b);
  multiplyPairs(high, a + PAIR, b + PAIR);
  multiplyPairs(both, sumA, sumB);
  multiplyPairs(inner, innerA, innerB);
  multiplyPairs(outer, outerA, outerB);
  memory.fill(columns, 0, 1808);
  combine();
  carryColumns();
  fold(r);
}

/** Sums of pieces: pair 0 + pair 1; (0 + 1, 2 + 3); and (0 + 1 + 2 + 3, nothing). */
function addWithin(a: usize, sum: usize, inside: usize, all: usize): void {
  for (let at: usize = 0; at < PAIR; at += 8) {
    const first = load<u64>(a + at), second = load<u64>(a + at, PAIR);
    const total = first + second;
    store<u64>(sum + at, total);
    store<u32>(inside + at, <u32>(first + (first >> 32)));
    store<u32>(inside + at, <u32>(second + (second >> 32)), 4);
    store<u64>(all + at, <u32>(total + (total >> 32)));
  }
}

/** Put the nine products where they belong; the three of one kind share their places. */
function combine(): void {
  for (let k: usize = 0; k < 2 * PIECE_LIMBS - 1; k++) {
    const at = k << 4, to = columns + (k << 3);
    const lowEven = load<u64>(low + at), lowOdd = load<u64>(low + at, 8);
    const highEven = load<u64>(high + at), highOdd = load<u64>(high + at, 8);
    const bothEven = load<u64>(both + at), bothOdd = load<u64>(both + at, 8);
    const lowMiddle = load<u64>(inner + at) - lowEven - lowOdd;
    const highMiddle = load<u64>(inner + at, 8) - highEven - highOdd;
    const bothMiddle = load<u64>(outer + at) - bothEven - bothOdd;
    addTo(to, lowEven);
    addTo(to + PAIR, lowMiddle);
    addTo(to + 2 * PAIR, lowOdd + bothEven - lowEven - highEven);
    addTo(to + 3 * PAIR, bothMiddle - lowMiddle - highMiddle);
    addTo(to + 4 * PAIR, bothOdd - lowOdd - highOdd + highEven);
    addTo(to + 5 * PAIR, highMiddle);
    addTo(to + 6 * PAIR, highOdd);
  }
}

@inline
function addTo(column: usize, value: u64): void {
  store<u64>(column, load<u64>(column) + value);
}

/** Columns become limbs. */
function carryColumns(): void {
  let carry: u64 = 0;
  for (let at: usize = 0; at < 2 * LIMBS << 3; at += 8) {
    carry += load<u64>(columns + at);
    store<u64>(columns + at, carry & MASK);
    carry >>= LIMB_BITS;
  }
}

/** Limbs from 112 on come back in at 2, as many times as `FOLD` says. */
function fold(r: usize): void {
  let carry: u64 = 0;
  let from = columns;
  for (let piece: usize = 0; piece < PIECES; piece++) {
    const to = pieceAt(r, piece);
    for (let i: usize = 0; i < PIECE_LIMBS; i++) {
      carry += load<u64>(from);
      if (from >= columns + FOLD_AT) carry += load<u64>(from + HIGH_COLUMNS - FOLD_AT) * FOLD;
      store<u32>(to + (i << 3), <u32>(carry & MASK));
      carry >>= LIMB_BITS;
      from += 8;
    }
  }
  carry += load<u64>(from + HIGH_COLUMNS - FOLD_AT) * FOLD;
  const first = carry & MASK;
  carry = (carry >> LIMB_BITS) + load<u64>(from + HIGH_COLUMNS - FOLD_AT, 8) * FOLD;
  addFolded(r, first, carry & MASK, carry >> LIMB_BITS);
}

/** r += (first + second·2^28 + third·2^56)·2^3136 */
function addFolded(r: usize, first: u64, second: u64, third: u64): void {
  let carry = first * FOLD;
  let next = second * FOLD, last = third * FOLD;
  for (let k = FOLD_LIMBS; k < LIMBS && (carry | next | last) != 0; k++) {
    const at = limbAt(r, k);
    carry += load<u32>(at);
    store<u32>(at, <u32>(carry & MASK));
    carry = (carry >> LIMB_BITS) + next;
    next = last;
    last = 0;
  }
  if (carry != 0) addFolded(r, carry, 0, 0);
}

/** Address of the first limb of a piece; the next are eight bytes apart. */
@inline
function pieceAt(r: usize, piece: usize): usize {
  return r + (piece >> 1) * PAIR + ((piece & 1) << 2);
}

/** Address of limb k; slow, by a division. */
function limbAt(r: usize, k: usize): usize {
  return pieceAt(r, k / PIECE_LIMBS) + ((k % PIECE_LIMBS) << 3);
}

/** From a value of 384 bytes, behind which eight more can be written. Limbs begin at half bytes. */
export function fromValue(r: usize, value: usize): void {
  store<u64>(value, 0, VALUE);
  let byte = value;
  for (let piece: usize = 0; piece < PIECES; piece++) {
    const to = pieceAt(r, piece);
    for (let i: usize = 0; i < PIECE_LIMBS; i += 2) {
      const both = load<u64>(byte);
      store<u32>(to + (i << 3), <u32>(both & MASK));
      store<u32>(to + (i << 3), <u32>((both >> LIMB_BITS) & MASK), 8);
      byte += 7;
    }
  }
}

/** To the least value of the class, 384 bytes. */
export function toValue(value: usize, r: usize): void {
  let buffer: u64 = 0, bits: u64 = 0, to: usize = 0;
  for (let k: usize = 0; k < LIMBS; k++) {
    buffer |= <u64>load<u32>(limbAt(r, k)) << bits;
    bits += LIMB_BITS;
    if (bits < 32) continue;
    store<u32>(columns + to, <u32>buffer);
    to += 4;
    buffer >>= 32;
    bits -= 32;
  }
  // 3136 bits are 98 words
  const excess = load<u64>(columns, VALUE);
  memory.copy(value, columns, VALUE);
  let over = addSmall(value, excess, EXCESS);
  while (over) over = addSmall(value, 1, EXCESS);
  // not below the prime: adding the difference to 2^3072 then passes 2^3072
  memory.copy(columns, value, VALUE);
  if (addSmall(columns, 1, EXCESS)) memory.copy(value, columns, VALUE);
}

/** value += a·b for b below 2^32. @returns whether it passed 2^3072 */
function addSmall(value: usize, a: u64, b: u64): bool {
  const lowPart = (a & 0xffffffff) * b;
  let carry = lowPart & 0xffffffff;
  let next = (lowPart >> 32) + (a >> 32) * b;
  for (let at: usize = 0; at < VALUE; at += 4) {
    carry += load<u32>(value + at);
    store<u32>(value + at, <u32>carry);
    carry = (carry >> 32) + (next & 0xffffffff);
    next >>= 32;
  }
  return carry != 0;
}

const words = memory.data(400, 16);
const work = memory.data(1648, 16);

/** r = 1/a, for a that is not 0 modulo the prime. */
export function invert(r: usize, a: usize): void {
  toValue(words, a);
  modularInverse(words, words, PRIME_30, work);
  fromValue(r, words);
}
