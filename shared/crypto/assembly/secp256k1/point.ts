/**
 * Points of y² = x³ + 7 in Jacobian coordinates: (X, Y, Z) stands for (X/Z², Y/Z³), three elements
 * of 40 bytes in a row, all of magnitude 1. The point at infinity has no form here: whoever adds
 * keeps count of it.
 * @module
 */
import { FE, feIsZero } from "./field";
import {
  feAdd, feAddTwice, feHalf, feMul, feMulSub, feMulSubMul, feMulSubSqr, feSqr, feSqrSub,
  feSqrTriple, feSub,
} from "./field.generated";

/** Offset of Y, also in an affine point, which is X and Y alone. */
export const Y: usize = FE;
/** Offset of Z. */
export const Z: usize = 2 * FE;
/** Bytes of a Jacobian point. */
export const POINT: usize = 3 * FE;
/** Bytes of an affine point. */
export const AFFINE: usize = 2 * FE;

/** H of the last addition: by it Z grew. Tables are made affine with these ratios. */
export const ratio = memory.data(40, 8);

const m = memory.data(40, 8);
const s = memory.data(40, 8);
const t = memory.data(40, 8);
const y2 = memory.data(40, 8);
const zz = memory.data(40, 8);
const rise = memory.data(40, 8);
const ratio2 = memory.data(40, 8);
const ratio3 = memory.data(40, 8);
const v = memory.data(40, 8);

/**
 * p = 2p. With M = 3X²/2 and S = X·Y²: X' = M² - 2S, Y' = M·(S - X') - Y⁴, Z' = Y·Z, the usual
 * formulas over 4, 8 and 2, which is the same point. No point has order two: Y is never 0. What does
 * not wait for the line before is put between lines that do, here and below: 1.5 %.
 */
export function pointDouble(p: usize): void {
  feSqrTriple(m, p);
  feSqr(y2, p + Y);
  feHalf(m, m);
  feMul(p + Z, p + Y, p + Z);
  feMul(s, p, y2);
  feAdd(t, s, s);
  feSqrSub(p, m, t);
  feSub(t, s, p);
  feMulSubSqr(p + Y, m, t, y2);
}

/**
 * p += (qx, qy), where the affine point may lie on an isomorphic curve: `z` is Z of p as seen from
 * there, Z itself where both lie on one curve. qy may have magnitude 3.
 *
 * H = qx·z² - X and R = qy·z³ - Y; X' = R² - H³ - 2XH², Y' = R·(XH² - X') - Y·H³, Z' = Z·H.
 * @returns false when the sum is the point at infinity; p is then as it was
 */
export function pointAddAffine(p: usize, qx: usize, qy: usize, z: usize): bool {
  feSqr(zz, z);
  feMulSub(ratio, qx, zz, p);
  feMul(zz, zz, z);
  feSqr(ratio2, ratio);
  feMulSub(rise, qy, zz, p + Y);
  if (feIsZero(ratio)) {
    if (!feIsZero(rise)) return false;
    pointDouble(p);
    return true;
  }
  feMul(v, p, ratio2);
  feMul(ratio3, ratio, ratio2);
  feMul(p + Z, p + Z, ratio);
  feAddTwice(t, ratio3, v);
  feSqrSub(p, rise, t);
  feSub(t, v, p);
  feMulSubMul(p + Y, rise, t, p + Y, ratio3);
  return true;
}

/**
 * q += p for two points of one Z, of which only X and Y are given; p is brought to the Z of the sum,
 * which is that of before times `ratio`. p is not ±q.
 *
 * With H = (X1 - X2)/2 and R = (Y1 - Y2)/2: W1 = X1·H², W2 = X2·H², X' = R² - W1 - W2,
 * Y' = R·(W1 - X') - Y1·H³, and p becomes (W1, Y1·H³): four products and two squares instead of
 * eight and three. H³ is (W1 - W2)/2. Halving keeps differences, of magnitude 3, at 2.5.
 * @source Meloni: New Point Addition Formulae for ECC Applications, WAIFI 2007
 */
export function pointAddSameZ(q: usize, p: usize): void {
  feSub(ratio, p, q);
  feHalf(ratio, ratio);
  feSub(rise, p + Y, q + Y);
  feHalf(rise, rise);
  feSqr(ratio2, ratio);
  feMul(p, p, ratio2);
  feMul(v, q, ratio2);
  feSub(t, p, v);
  feHalf(t, t);
  feMul(p + Y, p + Y, t);
  feAdd(t, p, v);
  feSqrSub(q, rise, t);
  feSub(t, p, q);
  feMulSub(q + Y, rise, t, p + Y);
}

/** (x, y) of `to` = (x·scale², y·scale³) of `from`, affine. */
export function scaleAffine(to: usize, from: usize, scale: usize): void {
  feSqr(zz, scale);
  feMul(to, from, zz);
  feMul(zz, zz, scale);
  feMul(to + Y, from + Y, zz);
}
