/**
 * The message expansion of SIMD-512: a number-theoretic transform of 256 points modulo 257 over the
 * bytes of a block, of which the 64 of the message are followed by zeros.
 *
 * Index i = i0 + 16 i1 of the result, j = 16 j1 + j0 of the message; β^(ij) is β^(i0 j0), times
 * (β^16)^(i0 j1) and (β^16)^(i1 j0). Since β^16 is a power of two, the inner sums over j1 and j0
 * need shifts only, and one multiplication stands between them. Residues are kept in 16-bit lanes;
 * their bounds are known when generating, and they are reduced only where a lane would overflow.
 * @source "SIMD Is a Message Digest", Leurent, Bouillaguet, Fouque, 2009: message expansion of
 *   SIMD-512: transform, inner code with the factors 185 and 233, permutation P
 * @module
 */
import assert from "node:assert/strict";
import type { FunctionWriter } from "./source-writer.ts";
import { and, load, or, shuffle32, xor } from "./vectors.ts";
import { range } from "./words.ts";

const MODULUS = 257;

/** Lanes are signed: beyond this they overflow. */
const LANE_MAX = 32_767;
const REDUCED_MAX = 128;

/** β, of order 256. */
const ROOT = 41;

/** Multipliers of the inner code, for words made of neighbours and of distant points. */
const NEIGHBOUR_FACTOR = 185;
const DISTANT_FACTOR = 233;

/** P: which eight words each of the 32 steps takes. */
export const WORD_ORDER = [
  4, 6, 0, 2, 7, 5, 3, 1, 15, 11, 12, 8, 9, 13, 10, 14, 17, 18, 23, 20, 22, 21, 16, 19, 30, 24, 25,
  31, 27, 29, 28, 26,
];

const modulo = (value: number, modulus: number): number => ((value % modulus) + modulus) % modulus;

/** The residue between −128 and 128. */
function centered(value: number): number {
  const residue = modulo(value, MODULUS);
  return residue > REDUCED_MAX ? residue - MODULUS : residue;
}

function rootPower(exponent: number): number {
  let power = 1;
  for (const _ of range(modulo(exponent, 256))) power = (power * ROOT) % MODULUS;
  return power;
}

/** β^16 = 2^e. Powers of two repeat after sixteen, and 2^8 = −1. */
const ROOT_16_EXPONENT = range(16).findIndex((e) => modulo(2 ** e, MODULUS) === rootPower(16));
assert(ROOT_16_EXPONENT > 0);

/** β^(i0 j0), row i0 after row: the multiplication between the two sums. */
export const TWIDDLES = range(16).flatMap((i0) =>
  range(16).map((j0) => centered(rootPower(i0 * j0))),
);

/**
 * What makes the code affine: β^(255 i) for every block, and β^(253 i) besides for the last one.
 */
export const OFFSETS = range(256).map((i) => centered(rootPower(255 * i)));

/**
 * The expanded words of the last block, which holds only the message's length: 512, 2 in byte 1.
 */
export function lastBlockWords(): number[] {
  const y = range(256).map((i) =>
    centered(rootPower(255 * i) + rootPower(253 * i) + 2 * rootPower(i)),
  );
  const pack = (low: number, high: number, factor: number): number =>
    ((((y[low] ?? 0) * factor) & 0xffff) | (((y[high] ?? 0) * factor) << 16)) >>> 0;
  return WORD_ORDER.flatMap((group) =>
    range(8).map((word) => {
      const at = 16 * (group % 8) + 2 * word;
      if (group < 16)
        return pack(16 * group + 2 * word, 16 * group + 2 * word + 1, NEIGHBOUR_FACTOR);
      const odd = group < 24 ? 0 : 1;
      return pack(at + odd, at + 128 + odd, DISTANT_FACTOR);
    }),
  );
}

/** A vector of eight residues, none further from zero than `bound`. */
interface Residues {
  readonly name: string;
  readonly bound: number;
}

/** The arithmetic of residues, in the body of one function. */
class ResidueWriter {
  readonly #writer: FunctionWriter;

  constructor(writer: FunctionWriter) {
    this.#writer = writer;
  }

  /** From any 16-bit value: 256 = −1, so low byte minus high byte; then once over the middle. */
  reduce(expression: string): Residues {
    const value = this.#writer.v128(expression);
    const low = and(value, this.#writer.repeated(16, 0xff));
    return this.center(this.#writer.v128(`i16x8.sub(${low}, i16x8.shr_s(${value}, 8))`));
  }

  center(value: string): Residues {
    const above = `i16x8.gt_s(${value}, ${this.#writer.repeated(16, REDUCED_MAX)})`;
    const modulus = this.#writer.repeated(16, MODULUS);
    const name = this.#writer.v128(`i16x8.sub(${value}, ${and(modulus, above)})`);
    return { name, bound: REDUCED_MAX };
  }

  normalize(a: Residues): Residues {
    return a.bound <= REDUCED_MAX ? a : this.reduce(a.name);
  }

  add(a: Residues, b: Residues, negate = false): Residues {
    const operation = negate ? "sub" : "add";
    const name = this.#writer.v128(`i16x8.${operation}(${a.name}, ${b.name})`);
    assert(a.bound + b.bound <= LANE_MAX, "sum overflows");
    return { name, bound: a.bound + b.bound };
  }

  /** Times 2^exponent, up to the sign, which the caller adds or subtracts by: 2^8 = −1. */
  shift(a: Residues, exponent: number): Residues {
    const bits = exponent % 8;
    if (bits === 0) return a;
    const fitting = a.bound * 2 ** bits > LANE_MAX ? this.normalize(a) : a;
    return this.reduce(`i16x8.shl(${fitting.name}, ${bits})`);
  }
}

const isNegative = (exponent: number): boolean => exponent % 16 > 7;

/**
 * Inner sums over j1, lanes j0 of one half: eight bytes of each row of the message at `message`.
 */
export function writeFirstSums(writer: FunctionWriter, target: number): void {
  const residues = new ResidueWriter(writer);
  const rows = range(4).map((j1) =>
    residues.center(writer.v128(`v128.load_ext<u8>(message, ${16 * j1})`)),
  );
  const [x0, x1, x2, x3] = rows as [Residues, Residues, Residues, Residues];
  const cache = new Map<string, Residues>();
  const shiftOnce = (a: Residues, exponent: number): Residues => {
    const key = `${a.name} ${exponent % 8}`;
    const found = cache.get(key) ?? residues.shift(a, exponent);
    cache.set(key, found);
    return found;
  };
  const addShifted = (to: Residues, a: Residues, exponent: number): Residues =>
    residues.add(to, shiftOnce(a, exponent), isNegative(exponent));
  const pairs = range(8).map((i0) => ({
    even: addShifted(x0, x2, 2 * ROOT_16_EXPONENT * i0),
    odd: addShifted(x1, x3, 2 * ROOT_16_EXPONENT * i0),
  }));
  const sums: Residues[] = [];
  pairs.forEach(({ even, odd }, i0) => {
    const exponent = ROOT_16_EXPONENT * i0;
    const shifted = residues.shift(odd, exponent);
    sums[i0] = residues.add(even, shifted, isNegative(exponent));
    sums[i0 + 8] = residues.add(even, shifted, !isNegative(exponent));
  });
  sums.forEach((sum, i0) => {
    const { name } = residues.normalize(sum);
    const twiddle = load("TWIDDLES + half", 32 * i0);
    const product = i0 === 0 ? name : residues.reduce(`i16x8.mul(${name}, ${twiddle})`).name;
    writer.store("v128", "half", product, target + 32 * i0);
  });
}

/** Outer sums over j0, lanes i0 of one half, by decimation in frequency; the offsets are added. */
export function writeSecondSums(writer: FunctionWriter, source: number, target: number): void {
  const residues = new ResidueWriter(writer);
  let points: Residues[] = range(2).flatMap((block) => {
    const rows = range(8).map((row) =>
      writer.v128(load("half << 4", source + 32 * row + 16 * block)),
    );
    return transpose16(writer, rows).map((name) => ({ name, bound: REDUCED_MAX }));
  });
  let exponent = ROOT_16_EXPONENT;
  for (let length = 16; length > 1; length /= 2, exponent *= 2) {
    const next = [...points];
    for (const start of range(16 / length).map((index) => index * length)) {
      for (const k of range(length / 2)) {
        const [low, high] = [start + k, start + k + length / 2];
        const [a, b] = [points[low], points[high]] as [Residues, Residues];
        next[low] = residues.add(a, b);
        const turned = isNegative(exponent * k);
        const difference = turned ? residues.add(b, a, true) : residues.add(a, b, true);
        next[high] = residues.shift(difference, exponent * k);
      }
    }
    points = next;
  }
  const reverseBits = (i: number): number =>
    ((i & 1) << 3) | ((i & 2) << 1) | ((i & 4) >> 1) | (i >> 3);
  for (const i1 of range(16)) {
    const offset = { name: load("OFFSETS + half", 32 * i1), bound: REDUCED_MAX };
    const sum = residues.add(points[reverseBits(i1)] as Residues, offset);
    writer.store("v128", "half", residues.reduce(sum.name).name, target + 32 * i1);
  }
}

/** Eight rows of eight 16-bit lanes: rows to columns, by unpacking, which V8 knows. */
function transpose16(writer: FunctionWriter, rows: readonly string[]): string[] {
  const unpack16 = (a: number, high: number): string => {
    const lanes = range(8).map((lane) => (lane >> 1) + 8 * (lane % 2) + 4 * high);
    return writer.v128(`v128.shuffle<u16>(${rows[a]}, ${rows[a + 1]}, ${lanes.join(", ")})`);
  };
  const unpack32 = (a: string, b: string, high: number): string =>
    writer.v128(shuffle32(a, b, high ? [2, 6, 3, 7] : [0, 4, 1, 5]));
  const unpack64 = (a: string, b: string, high: number): string =>
    writer.v128(`v128.shuffle<u64>(${a}, ${b}, ${high ? "1, 3" : "0, 2"})`);
  const pairs = [0, 2, 4, 6].map((row) => [unpack16(row, 0), unpack16(row, 1)]);
  return range(2).flatMap((half) => {
    const [a = "", b = "", c = "", d = ""] = pairs.map((pair) => `${pair[half]}`);
    const quads = range(2).map((high) => [unpack32(a, b, high), unpack32(c, d, high)] as const);
    return quads.flatMap(([upper, lower]) => [
      unpack64(upper, lower, 0),
      unpack64(upper, lower, 1),
    ]);
  });
}

/** The inner code and the order of the words: from the transform at `source` to 32 × 8 words. */
export function writeWords(writer: FunctionWriter, source: number, target: number): void {
  const points = range(16).map((row) =>
    range(2).map((half) => writer.v128(load(0, source + 32 * row + 16 * half))),
  );
  const neighbour = writer.repeated(16, NEIGHBOUR_FACTOR);
  const distant = writer.repeated(16, DISTANT_FACTOR);
  const lower = writer.repeated(32, 0xffff);
  const upper = writer.repeated(32, 0xffff0000 | 0);
  const products = points.map((row) =>
    row.map((point) => writer.v128(`i16x8.mul(${point}, ${distant})`)),
  );
  WORD_ORDER.forEach((group, step) => {
    for (const half of range(2)) {
      const [near, far] = [
        `${products[group % 8]?.[half]}`,
        `${products[(group % 8) + 8]?.[half]}`,
      ];
      let words: string;
      if (group < 16) words = `i16x8.mul(${points[group]?.[half]}, ${neighbour})`;
      else if (group < 24) words = or(and(near, lower), `i32x4.shl(${far}, 16)`);
      else words = or(`i32x4.shr_u(${near}, 16)`, and(far, upper));
      writer.store("v128", "0", words, target + 32 * step + 16 * half);
    }
  });
}

/** Exclusive or of a vector with the bytes of the message's length in the last block. */
export const xorLength = (writer: FunctionWriter, a: string): string =>
  xor(a, writer.constant([0, 2, ...Array<number>(14).fill(0)]));
