/** Arithmetic of the generators: numbers and 64-bit words as bigint. @module */

const MASK64 = (1n << 64n) - 1n;

/** 0, 1 … count − 1. */
export const range = (count: number): number[] => [...Array(count).keys()];

/** The low 64 bits, as an AssemblyScript literal. */
export const literal = (value: bigint | number): string =>
  `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;

export const add64 = (a: bigint, b: bigint): bigint => (a + b) & MASK64;

export const rotateLeft64 = (word: bigint, bits: number): bigint =>
  ((word << BigInt(bits)) | (word >> BigInt(64 - bits))) & MASK64;

/** Whole part of the square root, by Newton's method from above. */
export function integerSquareRoot(value: bigint): bigint {
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The first 64 bits of a number's fraction; `fractionBits` says where its point is. */
export const fractionWord = (value: bigint, fractionBits: number, index: number): bigint =>
  (value >> BigInt(fractionBits - 64 * (index + 1))) & MASK64;

/** Words printed as hexadecimal, apart by space. */
export const hexWords = (text: string): number[] =>
  text
    .trim()
    .split(/\s+/)
    .map((word) => Number.parseInt(word, 16));

/** Bytes of 32-bit words, low byte first. */
export const wordBytes = (words: readonly number[]): number[] =>
  words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 255));
