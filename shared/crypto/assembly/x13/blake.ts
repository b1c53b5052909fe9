/**
 * BLAKE-512 of the 80 bytes of a header: the first stage of X13. One block, so counter and padding
 * are constants.
 * @source "SHA-3 proposal BLAKE", Aumasson, Henzen, Meier, Phan, version 1.3 (final round):
 *   BLAKE-512, its constants, permutations σ, initial value and padding
 * @module
 */
import assert from "node:assert/strict";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { load, reverseBytes64 } from "./vectors.ts";
import { fractionWord, integerSquareRoot, literal, range } from "./words.ts";

const HEADER_BITS = 640n;
const ROUNDS_UNROLLED = 10;

/** σ: which message words the steps of a round take, one hexadecimal digit each. */
const PERMUTATIONS = [
  "0123456789abcdef",
  "ea489fd61c02b753",
  "b8c052fdae367194",
  "7931dcbe265a40f8",
  "905724afe1bc683d",
  "2c6a0b834d75fe19",
  "c51fed4a0763928b",
  "db7ec13950f4862a",
  "6fe9b308c2d714a5",
  "a2847615fb9e3cd0",
].map((digits) => [...digits].map((digit) => Number.parseInt(digit, 16)));

/** The words that a step works on: four columns, then four diagonals. */
const STEPS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/** Words 10 to 15 of the block: a one, zeros, a one, the length. */
const PADDING = [1n << 63n, 0n, 0n, 1n, 0n, HEADER_BITS];

const CONSTANTS = range(16).map((index) => fractionWord(pi(1200), 1200, index));
const INITIAL = [2, 3, 5, 7, 11, 13, 17, 19].map((prime) =>
  fractionWord(integerSquareRoot(BigInt(prime) << 128n), 64, 0),
);
assert.equal(CONSTANTS[0], 0x243f6a8885a308d3n);
assert.equal(INITIAL[0], 0x6a09e667f3bcc908n);

/** π by Machin's formula, 16 arctan(1/5) − 4 arctan(1/239), times two to the power of `bits`. */
function pi(bits: number): bigint {
  const arctan = (inverse: bigint): bigint => {
    let sum = 0n;
    let sign = 1n;
    let power = (1n << BigInt(bits)) / inverse;
    for (let odd = 1n; power > 0n; odd += 2n, sign = -sign, power /= inverse * inverse) {
      sum += sign * (power / odd);
    }
    return sum;
  };
  return 4n * (4n * arctan(5n) - arctan(239n));
}

export function generate(): string {
  const source = new SourceWriter();
  source.function("blake(header: usize, digest: usize)", (writer) => {
    const message = readMessage(writer);
    const counted = [4, 5].map((index) => (CONSTANTS[index] ?? 0n) ^ HEADER_BITS);
    const start = [...INITIAL, ...CONSTANTS.slice(0, 4), ...counted, ...CONSTANTS.slice(6, 8)];
    const state = range(16).map((index) => `v${index}`);
    writer.variables("u64", state, start.map(literal));
    rounds(writer, message, state);
    writeDigest(writer, state);
  });
  return source.text();
}

function readMessage(writer: FunctionWriter): string[] {
  return range(5).flatMap((index) => {
    const pair = writer.v128(reverseBytes64(writer, load("header", 16 * index)));
    return [0, 1].map((lane) => writer.u64(`i64x2.extract_lane(${pair}, ${lane})`));
  });
}

/**
 * Sixteen rounds, of which the last six are the first six again: the second turn ends after them.
 */
function rounds(writer: FunctionWriter, message: readonly string[], state: string[]): void {
  writer.block("for (let turn = 0; ; turn = 1)", () => {
    let current = state;
    for (let index = 0; index < ROUNDS_UNROLLED; index++) {
      current = round(writer, message, current, PERMUTATIONS[index] ?? []);
      if (index === 5) {
        writer.assign(state, current);
        writer.line("if (turn == 1) break;");
        current = state;
      }
    }
    writer.assign(state, current);
  });
}

function round(
  writer: FunctionWriter,
  message: readonly string[],
  state: readonly string[],
  permutation: readonly number[],
): string[] {
  const v = [...state];
  /** Word `at` of the message with constant `other`; of the padding that is a constant itself. */
  const keyed = (at = 0, other = 0): string => {
    const constant = CONSTANTS[other] ?? 0n;
    return at < 10
      ? `(${message[at]} ^ ${literal(constant)})`
      : literal((PADDING[at - 10] ?? 0n) ^ constant);
  };
  STEPS.forEach(([a, b, c, d], step) => {
    const [first, second] = [permutation[2 * step], permutation[2 * step + 1]];
    const half = (word: string, rotationD: number, rotationB: number): void => {
      v[a] = writer.u64(`${v[a]} + ${v[b]} + ${word}`);
      v[d] = writer.u64(`rotl(${v[d]} ^ ${v[a]}, ${rotationD})`);
      v[c] = writer.u64(`${v[c]} + ${v[d]}`);
      v[b] = writer.u64(`rotl(${v[b]} ^ ${v[c]}, ${rotationB})`);
    };
    half(keyed(first, second), 32, 39);
    half(keyed(second, first), 48, 53);
  });
  return v;
}

function writeDigest(writer: FunctionWriter, state: readonly string[]): void {
  const word = (index: number): string =>
    `${state[index]} ^ ${state[index + 8]} ^ ${literal(INITIAL[index] ?? 0n)}`;
  for (let index = 0; index < 8; index += 2) {
    const pair = `i64x2.replace_lane(i64x2.splat(${word(index)}), 1, ${word(index + 1)})`;
    writer.store("v128", "digest", reverseBytes64(writer, pair), 8 * index);
  }
}
