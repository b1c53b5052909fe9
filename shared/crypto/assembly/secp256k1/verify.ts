/**
 * ECDSA verification over secp256k1, in batches, in variable time: public data only.
 *
 * A signature (r, s) of digest z under P is true when (z/s)·G + (r/s)·P, a point other than
 * infinity, has an x that is r modulo n. One ladder of doublings serves four scalars of half the
 * length: two of P by the endomorphism, two of G by a second table (Strauss and Shamir). The x is
 * compared without dividing: r·Z² = X, and (r + n)·Z² = X where r + n is below p. The inverses of a
 * batch cost one (Montgomery).
 *
 * @source SEC 1 version 2, 4.1.4
 * @module
 */
import { FIELD_ONE, FIELD_ORDER, PRIME_MINUS_ORDER } from "./constants.generated";
import {
  DIGIT_BYTES, half1, half2, isHalf1Negative, isHalf2Negative, nonAdjacentForm, splitScalar,
} from "./digits";
import { FE, feFromWords, feIsZero } from "./field";
import { feAdd, feCopy, feMul, feMulSub, feNeg, feSqr } from "./field.generated";
import { isCompressed } from "./key";
import {
  findKey, keyCacheBytes, prepareKey, prepareTwoCompressed, setKeyCache,
} from "./key-cache";
import { AFFINE, pointAddAffine, pointDouble, scaleAffine, Y, Z } from "./point";
import {
  isBelow, SCALAR, scalarInvert, scalarIsReduced, scalarIsZero, scalarMul, scalarParse,
} from "./scalar";
import {
  AT_KEY_Z, AT_LAMBDA, generatorBytes, generatorTable, generatorTableHigh, GENERATOR_WIDTH,
  KEY_WIDTH, makeGeneratorTables,
} from "./tables";

/** Checks that one call takes at most. */
export const BATCH_MAX: i32 = 128;
/** A record: digest, r and s, 32 big-endian bytes each, then the key and the length of it. */
export const RECORD_BYTES: i32 = 168;
const AT_R: usize = 32;
const AT_S: usize = 64;
const AT_KEY: usize = 96;
const AT_KEY_LENGTH: usize = 161;

/** Scalars of a check: r, s, digest, and the product of all s up to this one; then 1/s. */
const SCALARS_BYTES: i32 = 160;
const AT_S_WORDS: usize = 32;
const AT_DIGEST_WORDS: usize = 64;
const AT_PRODUCT: usize = 96;
const AT_INVERSE: usize = 128;

/** Where the records go, and where one byte for each answer comes out. */
export let records: usize = 0;
export let answers: usize = 0;
let scalars: usize = 0;

/** Take memory and make the tables of the generator; to be called once, before all else. */
export function initialize(): void {
  records = (__heap_base + 63) & ~63;
  answers = records + BATCH_MAX * RECORD_BYTES;
  scalars = answers + BATCH_MAX;
  const keys = scalars + BATCH_MAX * SCALARS_BYTES;
  const tables = keys + keyCacheBytes();
  const pages = <i32>((tables + generatorBytes() + 0xffff) >> 16);
  if (pages > memory.size()) memory.grow(pages - memory.size());
  setKeyCache(keys);
  makeGeneratorTables(tables);
}

/** Judge the first `count` records; answers are 1 for true, 0 for false. */
export function verify(count: i32): void {
  if (!invertScalars(count)) return;
  prepareNewKeys(count);
  for (let i = 0; i < count; i++) {
    if (load<u8>(answers + i) == 0) continue;
    const record = records + i * RECORD_BYTES;
    keyTable = prepareKey(record + AT_KEY, load<u8>(record, AT_KEY_LENGTH));
    store<u8>(answers + i, keyTable != 0 && checkOne(scalarsOf(i)));
  }
}

/** Prepare compressed keys that are not known yet, two and two. */
function prepareNewKeys(count: i32): void {
  let waiting: usize = 0;
  for (let i = 0; i < count; i++) {
    if (load<u8>(answers + i) == 0) continue;
    const key = records + i * RECORD_BYTES + AT_KEY;
    const length: i32 = load<u8>(key, AT_KEY_LENGTH - AT_KEY);
    if (!isCompressed(key, length) || findKey(key, length) != 0) continue;
    if (waiting == 0) {
      waiting = key;
      continue;
    }
    prepareTwoCompressed(waiting, key, length);
    waiting = 0;
  }
}

@inline
function scalarsOf(index: i32): usize {
  return scalars + index * SCALARS_BYTES;
}

const inverse = memory.data(32, 8);

/**
 * Read the scalars of each record and invert each s; the answer becomes whether r and s lie in
 * [1, n). @returns false when none do
 */
function invertScalars(count: i32): bool {
  let last: usize = 0;
  for (let i = 0; i < count; i++) {
    const own = scalarsOf(i);
    const good = readScalars(own, records + i * RECORD_BYTES);
    store<u8>(answers + i, good);
    if (!good) continue;
    if (last == 0) memory.copy(own + AT_PRODUCT, own + AT_S_WORDS, SCALAR);
    else scalarMul(own + AT_PRODUCT, last + AT_PRODUCT, own + AT_S_WORDS);
    last = own;
  }
  if (last == 0) return false;

  scalarInvert(inverse, last + AT_PRODUCT);
  for (let i = count - 1; i >= 0; i--) {
    if (load<u8>(answers + i) == 0) continue;
    const own = scalarsOf(i);
    let before = i - 1;
    while (before >= 0 && load<u8>(answers + before) == 0) before--;
    if (before < 0) {
      memory.copy(own + AT_INVERSE, inverse, SCALAR);
      break;
    }
    scalarMul(own + AT_INVERSE, inverse, scalarsOf(before) + AT_PRODUCT);
    scalarMul(inverse, inverse, own + AT_S_WORDS);
  }
  return true;
}

/** The digest may pass n: the product that it goes into is reduced. */
function readScalars(own: usize, record: usize): bool {
  scalarParse(own, record + AT_R);
  scalarParse(own + AT_S_WORDS, record + AT_S);
  scalarParse(own + AT_DIGEST_WORDS, record);
  if (scalarIsZero(own) || scalarIsZero(own + AT_S_WORDS)) return false;
  return scalarIsReduced(own) && scalarIsReduced(own + AT_S_WORDS);
}

const u1 = memory.data(32, 8);
const u2 = memory.data(32, 8);
const half = memory.data(24, 8);
const digitsKey = memory.data(272, 8);
const digitsLambda = memory.data(272, 8);
const digitsLow = memory.data(272, 8);
const digitsHigh = memory.data(272, 8);

/** The sum so far, and whether it still is the point at infinity. */
const sum = memory.data(120, 8);
let isInfinite: bool = true;

/** Table of the key at work. */
let keyTable: usize = 0;

/** Judge that key with the scalars of its check. */
function checkOne(own: usize): bool {
  scalarMul(u1, own + AT_DIGEST_WORDS, own + AT_INVERSE);
  scalarMul(u2, own, own + AT_INVERSE);
  const top = setDigits();
  isInfinite = true;
  for (let i = top; i >= 0; i--) {
    if (!isInfinite) pointDouble(sum);
    const at = <usize>i << 1;
    let digit: i32 = load<i16>(digitsKey + at);
    if (digit) addKey(digit, keyTable, AFFINE, isHalf1Negative);
    digit = load<i16>(digitsLambda + at);
    if (digit) addKey(digit, keyTable + AT_LAMBDA, FE, isHalf2Negative);
    digit = load<i16>(digitsLow + at);
    if (digit) addGenerator(digit, generatorTable);
    digit = load<i16>(digitsHigh + at);
    if (digit) addGenerator(digit, generatorTableHigh);
  }
  return !isInfinite && isXOfSum(own);
}

/** Digits of u2 by the endomorphism, of u1 by its words. @returns the highest position */
function setDigits(): i32 {
  splitScalar(u2);
  let top = nonAdjacentForm(digitsKey, half1, KEY_WIDTH);
  top = max(top, nonAdjacentForm(digitsLambda, half2, KEY_WIDTH));
  memory.copy(half, u1, 16);
  top = max(top, nonAdjacentForm(digitsLow, half, GENERATOR_WIDTH));
  memory.copy(half, u1 + 16, 16);
  return max(top, nonAdjacentForm(digitsHigh, half, GENERATOR_WIDTH));
}

const negated = memory.data(40, 8);
const z = memory.data(40, 8);
const zz = memory.data(40, 8);
const x = memory.data(80, 8);
const difference = memory.data(40, 8);

/** Index of the odd multiple ±digit·P in its table. */
@inline
function indexOf(digit: i32): usize {
  return <usize>(abs(digit) >> 1);
}

/** Add a multiple of the key, from a table of x of such a stride; y are those of the key itself. */
function addKey(digit: i32, tableX: usize, stride: usize, negative: bool): void {
  const index = indexOf(digit);
  const qx = tableX + index * stride;
  let qy = keyTable + index * AFFINE + Y;
  if ((digit < 0) != negative) {
    feNeg(negated, qy);
    qy = negated;
  }
  if (isInfinite) {
    feCopy(sum, qx);
    feMul(sum + Y, qy, FIELD_ONE);
    feCopy(sum + Z, FIELD_ONE);
    isInfinite = false;
  } else isInfinite = !pointAddAffine(sum, qx, qy, sum + Z);
}

/** Add a multiple of the generator, which lies on the curve itself and not on that of the key. */
function addGenerator(digit: i32, table: usize): void {
  const qx = table + indexOf(digit) * AFFINE;
  let qy = qx + Y;
  if (digit < 0) {
    feNeg(negated, qy);
    qy = negated;
  }
  if (isInfinite) {
    feCopy(x, qx);
    feCopy(x + Y, qy);
    scaleAffine(sum, x, keyTable + AT_KEY_Z);
    feCopy(sum + Z, FIELD_ONE);
    isInfinite = false;
  } else {
    feMul(z, sum + Z, keyTable + AT_KEY_Z);
    isInfinite = !pointAddAffine(sum, qx, qy, z);
  }
}

/** Whether x of the sum is r, or r + n where that is a field element. */
function isXOfSum(r: usize): bool {
  feMul(z, sum + Z, keyTable + AT_KEY_Z);
  feSqr(zz, z);
  feFromWords(x, r);
  feMulSub(difference, x, zz, sum);
  if (feIsZero(difference)) return true;
  if (!isBelow(r, PRIME_MINUS_ORDER)) return false;
  feAdd(x, x, FIELD_ORDER);
  feMulSub(difference, x, zz, sum);
  return feIsZero(difference);
}
