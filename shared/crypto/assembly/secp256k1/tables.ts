/**
 * Odd multiples of the key and of the generator, as affine points.
 * @module
 */
import { BETA, FIELD_ONE, GENERATOR_X, GENERATOR_Y } from "./constants.generated";
import { FE, feInvert, feNormalize } from "./field";
import { feCopy, feMul } from "./field.generated";
import {
  AFFINE, POINT, pointAddAffine, pointAddSameZ, pointDouble, ratio, scaleAffine, Y, Z,
} from "./point";

/** Width of the digits of the key: eight odd multiples, made anew for each signature. */
export const KEY_WIDTH: i32 = 5;
const KEY_POINTS: usize = 1 << (KEY_WIDTH - 2);

/**
 * Width of the digits of the generator: 4,096 odd multiples of G and as many of 2^128·G, 640 KB.
 * Measured: 14 verifies 1 % more than 13, for tables that take twice the time to make.
 */
export const GENERATOR_WIDTH: i32 = 14;
const GENERATOR_POINTS: usize = 1 << (GENERATOR_WIDTH - 2);

/**
 * A key's table: P, 3P, … 15P of the key P, on an isomorphic curve on which all are affine; then x of
 * λ times these, β·x, whose y is the same; then the Z that a point of the curve itself is seen with
 * from there.
 */
export const AT_LAMBDA: usize = KEY_POINTS * AFFINE;
export const AT_KEY_Z: usize = AT_LAMBDA + KEY_POINTS * FE;
export const KEY_TABLE_BYTES: usize = AT_KEY_Z + FE;

/** G, 3G, 5G … and the same of 2^128·G. */
export let generatorTable: usize = 0;
export let generatorTableHigh: usize = 0;

const double = memory.data(120, 8);
const sum = memory.data(120, 8);
const scale = memory.data(40, 8);
const ratios = memory.data(320, 8);

function setAffine(point: usize, x: usize, y: usize): void {
  feCopy(point, x);
  feCopy(point + Y, y);
  feCopy(point + Z, FIELD_ONE);
}

/**
 * Fill the table of the key (x, y).
 *
 * P is brought to the Z of 2P, and each odd multiple is 2P more than the last, in coordinates of one
 * Z. Going back from the last, the ratios of neighbouring Z bring all to its Z, which is then called
 * 1: they are affine on an isomorphic curve, without an inversion.
 * @source effective-affine tables of bitcoin-core/secp256k1
 */
export function makeKeyTable(table: usize, x: usize, y: usize): void {
  setAffine(double, x, y);
  pointDouble(double);
  setAffine(sum, x, y);
  scaleAffine(sum, sum, double + Z);
  memory.copy(table, sum, AFFINE);
  for (let i: usize = 1; i < KEY_POINTS; i++) {
    pointAddSameZ(sum, double);
    feCopy(ratios + i * FE, ratio);
    memory.copy(table + i * AFFINE, sum, AFFINE);
  }
  feCopy(scale, ratio);
  for (let i = KEY_POINTS - 2; ; i--) {
    const point = table + i * AFFINE;
    scaleAffine(point, point, scale);
    if (i == 0) break;
    feMul(scale, scale, ratios + i * FE);
  }
  feMul(table + AT_KEY_Z, scale, double + Z);
  for (let i: usize = 0; i < KEY_POINTS; i++) {
    feMul(table + AT_LAMBDA + i * FE, table + i * AFFINE, BETA);
  }
}

/** Bytes that the two tables of the generator take, and the work of making them. */
export function generatorBytes(): usize {
  return 2 * GENERATOR_POINTS * AFFINE + GENERATOR_POINTS * FE;
}

/** Make both tables of the generator in so many bytes at `at`. */
export function makeGeneratorTables(at: usize): void {
  generatorTable = at;
  generatorTableHigh = at + GENERATOR_POINTS * AFFINE;
  const work = generatorTableHigh + GENERATOR_POINTS * AFFINE;
  setAffine(sum, GENERATOR_X, GENERATOR_Y);
  makeOddMultiples(generatorTable, work);
  setAffine(sum, GENERATOR_X, GENERATOR_Y);
  for (let i = 0; i < 128; i++) pointDouble(sum);
  makeAffine(sum);
  makeOddMultiples(generatorTableHigh, work);
}

/** Odd multiples of `sum`, affine with Z = 1, with one inversion for all. */
function makeOddMultiples(table: usize, zRatios: usize): void {
  memory.copy(double, sum, POINT);
  pointDouble(double);
  makeAffine(double);
  memory.copy(table, sum, AFFINE);
  for (let i: usize = 1; i < GENERATOR_POINTS; i++) {
    pointAddAffine(sum, double, double + Y, sum + Z);
    feCopy(zRatios + i * FE, ratio);
    memory.copy(table + i * AFFINE, sum, AFFINE);
  }
  feInvert(scale, sum + Z);
  for (let i = GENERATOR_POINTS - 1; i > 0; i--) {
    const point = table + i * AFFINE;
    scaleAffine(point, point, scale);
    feNormalize(point);
    feNormalize(point + Y);
    feMul(scale, scale, zRatios + i * FE);
  }
}

function makeAffine(point: usize): void {
  feInvert(scale, point + Z);
  scaleAffine(point, point, scale);
  feCopy(point + Z, FIELD_ONE);
}
