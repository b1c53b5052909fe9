/**
 * Public keys, from bytes to the affine point.
 * @module
 */
import { FIELD_ONE, FIELD_SEVEN } from "./constants.generated";
import { feIsOdd, feIsZero, feNormalize, feParse, feSqrt } from "./field";
import { feAdd, feMul, feNeg, feSqr, feSub } from "./field.generated";

const COMPRESSED_BYTES: i32 = 33;
const FULL_BYTES: i32 = 65;

/** The key that was parsed last; in its one form. */
export const keyX = memory.data(40, 8);
export const keyY = memory.data(40, 8);

const rightSide = memory.data(40, 8);
const difference = memory.data(40, 8);

/**
 * 02 or 03 and x, of which y follows by parity; 04, x and y; or the hybrid 06 or 07, x and y, where
 * the tag must say the parity of y as well. Coordinates are below p and on the curve.
 * @returns whether these bytes are a key
 * @source secp256k1_eckey_pubkey_parse of bitcoin-core/secp256k1; exos-l1.md 5.4.4
 */
export function parseKey(bytes: usize, length: i32): bool {
  const tag = load<u8>(bytes);
  if (length == COMPRESSED_BYTES) return (tag == 2 || tag == 3) && parseCompressed(bytes, tag);
  return length == FULL_BYTES && (tag == 4 || tag == 6 || tag == 7) && parseFull(bytes, tag);
}

function parseCompressed(bytes: usize, tag: u8): bool {
  if (!feParse(keyX, bytes + 1)) return false;
  setRightSide();
  feSqrt(keyY, rightSide);
  if (!isOnCurve()) return false;
  feNormalize(keyY);
  if (feIsOdd(keyY) != ((tag & 1) != 0)) {
    feNeg(keyY, keyY);
    feNormalize(keyY);
  }
  return true;
}

function parseFull(bytes: usize, tag: u8): bool {
  if (!feParse(keyX, bytes + 1) || !feParse(keyY, bytes + 33)) return false;
  if (tag != 4 && feIsOdd(keyY) != ((tag & 1) != 0)) return false;
  setRightSide();
  return isOnCurve();
}

/** x³ + 7 */
function setRightSide(): void {
  feSqr(difference, keyX);
  feMul(rightSide, difference, keyX);
  feAdd(rightSide, rightSide, FIELD_SEVEN);
}

function isOnCurve(): bool {
  feSqr(difference, keyY);
  feMul(rightSide, rightSide, FIELD_ONE);
  feSub(difference, difference, rightSide);
  feMul(difference, difference, FIELD_ONE);
  return feIsZero(difference);
}
