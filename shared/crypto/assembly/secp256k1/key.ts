/**
 * Public keys, from bytes to the affine point.
 * @module
 */
import { FIELD_ONE, FIELD_SEVEN } from "./constants.generated";
import { FE, feIsOdd, feIsZero, feNormalize, feParse, feSqrt } from "./field";
import { feAdd, feMul, feNeg, feSqr, feSub } from "./field.generated";

const COMPRESSED_BYTES: i32 = 33;
const FULL_BYTES: i32 = 65;

/** Keys that were parsed last, in their one form; the second by `parseTwoCompressed` alone. */
export const keyX = memory.data(80, 8);
export const keyY = memory.data(80, 8);

const rightSide = memory.data(80, 8);
const difference = memory.data(40, 8);

/**
 * 02 or 03 and x, of which y follows by parity; 04, x and y; or the hybrid 06 or 07, x and y, where
 * the tag must say the parity of y as well. Coordinates are below p and on the curve.
 * @returns whether these bytes are a key
 * @source secp256k1_eckey_pubkey_parse of bitcoin-core/secp256k1; exos-l1.md 5.4.4
 */
export function parseKey(bytes: usize, length: i32): bool {
  const tag = load<u8>(bytes);
  if (isCompressed(bytes, length)) return parseCompressed(bytes);
  return length == FULL_BYTES && (tag == 4 || tag == 6 || tag == 7) && parseFull(bytes, tag);
}

/** Whether length and tag are those of a compressed key. */
export function isCompressed(bytes: usize, length: i32): bool {
  return length == COMPRESSED_BYTES && (load<u8>(bytes) | 1) == 3;
}

function parseCompressed(bytes: usize): bool {
  if (!feParse(keyX, bytes + 1)) return false;
  setRightSide(0);
  feSqrt(keyY, rightSide, false);
  return finishCompressed(0, bytes);
}

/** Two compressed keys at once. @returns bit 0 whether the first is one, bit 1 the second */
export function parseTwoCompressed(first: usize, second: usize): i32 {
  const isFirst = feParse(keyX, first + 1), isSecond = feParse(keyX + FE, second + 1);
  setRightSide(0);
  setRightSide(FE);
  feSqrt(keyY, rightSide, true);
  return (
    (isFirst && finishCompressed(0, first) ? 1 : 0) |
    (isSecond && finishCompressed(FE, second) ? 2 : 0)
  );
}

/** Where the root was one, take it or its opposite, as the tag says. */
function finishCompressed(at: usize, bytes: usize): bool {
  if (!isOnCurve(at)) return false;
  const y = keyY + at;
  feNormalize(y);
  if (feIsOdd(y) != ((load<u8>(bytes) & 1) != 0)) {
    feNeg(y, y);
    feNormalize(y);
  }
  return true;
}

function parseFull(bytes: usize, tag: u8): bool {
  if (!feParse(keyX, bytes + 1) || !feParse(keyY, bytes + 33)) return false;
  if (tag != 4 && feIsOdd(keyY) != ((tag & 1) != 0)) return false;
  setRightSide(0);
  return isOnCurve(0);
}

/** x³ + 7 */
function setRightSide(at: usize): void {
  feSqr(difference, keyX + at);
  feMul(rightSide + at, difference, keyX + at);
  feAdd(rightSide + at, rightSide + at, FIELD_SEVEN);
}

function isOnCurve(at: usize): bool {
  feSqr(difference, keyY + at);
  feMul(rightSide + at, rightSide + at, FIELD_ONE);
  feSub(difference, difference, rightSide + at);
  feMul(difference, difference, FIELD_ONE);
  return feIsZero(difference);
}
