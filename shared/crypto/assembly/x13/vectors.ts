/**
 * 128-bit vectors as AssemblyScript expressions; four lanes of 32 bits where not said otherwise.
 * @module
 */
import type { FunctionWriter } from "./source-writer.ts";

export const load = (address: string | number, offset: number): string =>
  `v128.load(${address}, ${offset})`;

export const xor = (...terms: string[]): string =>
  terms.reduce((sum, term) => `v128.xor(${sum}, ${term})`);
export const and = (a: string, b: string): string => `v128.and(${a}, ${b})`;
export const or = (a: string, b: string): string => `v128.or(${a}, ${b})`;
export const not = (a: string): string => `v128.not(${a})`;

/** `a` where `b` has no bit. */
export const andNot = (a: string, b: string): string => `v128.andnot(${a}, ${b})`;

export const add32 = (a: string, b: string): string => `i32x4.add(${a}, ${b})`;

export const rotateLeft32 = (a: string, bits: number): string =>
  or(`i32x4.shl(${a}, ${bits})`, `i32x4.shr_u(${a}, ${32 - bits})`);

/** Lanes of two vectors: 0 to 3 are those of `a`, 4 to 7 those of `b`. */
export const shuffle32 = (a: string, b: string, lanes: readonly number[]): string =>
  `v128.shuffle<u32>(${a}, ${b}, ${lanes.join(", ")})`;

/** Change places within each pair of 16-bit lanes. */
export const swapPairs16 = (a: string): string =>
  `v128.shuffle<u16>(${a}, ${a}, 1, 0, 3, 2, 5, 4, 7, 6)`;

const REVERSE_32 = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];
const REVERSE_64 = [7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8];

/** Turn the bytes of each 32-bit lane round. */
export const reverseBytes32 = (writer: FunctionWriter, a: string): string =>
  `i8x16.swizzle(${a}, ${writer.constant(REVERSE_32)})`;

/** Turn the bytes of each 64-bit lane round. */
export const reverseBytes64 = (writer: FunctionWriter, a: string): string =>
  `i8x16.swizzle(${a}, ${writer.constant(REVERSE_64)})`;

/** Four vectors of four lanes as a matrix: rows to columns. */
export function transpose(writer: FunctionWriter, rows: readonly string[]): string[] {
  const [a = "", b = "", c = "", d = ""] = rows;
  const low = [0, 4, 1, 5];
  const high = [2, 6, 3, 7];
  const abLow = writer.v128(shuffle32(a, b, low));
  const cdLow = writer.v128(shuffle32(c, d, low));
  const abHigh = writer.v128(shuffle32(a, b, high));
  const cdHigh = writer.v128(shuffle32(c, d, high));
  return [
    writer.v128(shuffle32(abLow, cdLow, [0, 1, 4, 5])),
    writer.v128(shuffle32(abLow, cdLow, [2, 3, 6, 7])),
    writer.v128(shuffle32(abHigh, cdHigh, [0, 1, 4, 5])),
    writer.v128(shuffle32(abHigh, cdHigh, [2, 3, 6, 7])),
  ];
}

/** Exclusive or of two rows of vectors, named. */
export const xorRows = (
  writer: FunctionWriter,
  a: readonly string[],
  b: readonly string[],
): string[] => a.map((term, index) => writer.v128(xor(term, `${b[index]}`)));
