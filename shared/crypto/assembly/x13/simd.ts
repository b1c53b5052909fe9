/**
 * SIMD-512 of 64 bytes: two blocks, of which the second holds only the length, so that its expanded
 * words are a constant. The state is four rows of eight words, two vectors each.
 * @source "SIMD Is a Message Digest", Leurent, Bouillaguet, Fouque, 2009, tweaked for the second
 *   round: Feistel steps of SIMD-512, permutations p, rotations, initial value, padding
 * @module
 */
import { LAYOUT } from "./memory-layout.ts";
import {
  lastBlockWords,
  OFFSETS,
  TWIDDLES,
  writeFirstSums,
  writeSecondSums,
  writeWords,
  xorLength,
} from "./simd-expansion.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { add32, and, load, or, rotateLeft32, shuffle32, xor } from "./vectors.ts";
import { hexWords, range } from "./words.ts";

const INITIAL = hexWords(`
  0ba16b95 72f999ad 9fecc2ae ba3264fc 5e894929 8e9f30e5 2f1daa37 f0f2c558
  ac506643 a90635a5 e25b878b aab7878f 88817f7a 0a02892b 559a7550 598f657e
  7eef60a1 6b70e3e8 9c1714d1 b958e2a8 ab02675e ed1c014f cd8d65bb fdb7a257
  09254899 d699c7bc 9019b6dc 2b9022e4 8fa14956 21bf9bd3 b94d0943 6ffddc22`);

/** p: which lane's A is added to a lane's new one, as a mask of the lane's index, step by step. */
const LANE_MASKS = [1, 6, 2, 3, 5, 7, 4];

/** Rotations of the four rounds; step j takes those at j and j + 1. */
const ROTATIONS = [
  [3, 23, 17, 27],
  [28, 19, 22, 7],
  [29, 9, 15, 5],
  [4, 13, 10, 25],
];
const STEPS_PER_ROUND = 8;

/** The last four steps take the old chaining value for words, and the last round's rotations. */
const FINAL_STEPS = 4;

const STATE = LAYOUT.SCRATCH;
const CHAINING = LAYOUT.SCRATCH + 0x100;
const RESULT = LAYOUT.SCRATCH + 0x180;
const TRANSFORM = LAYOUT.SCRATCH + 0x200;
const WORDS = LAYOUT.SCRATCH_B;

export function generate(): string {
  const source = new SourceWriter();
  source.table("INITIAL", "u32", INITIAL);
  source.table("LAST_BLOCK", "u32", lastBlockWords());
  source.table("OFFSETS", "i16", OFFSETS);
  source.table("TWIDDLES", "i16", TWIDDLES);
  source.function("compress(words: usize, chaining: usize, state: usize, result: usize)", compress);
  source.function("firstSums(message: usize, half: usize)", (writer) => {
    writeFirstSums(writer, WORDS);
  });
  source.function("secondSums(half: usize)", (writer) => {
    writeSecondSums(writer, WORDS, TRANSFORM);
  });
  source.function("simd(digest: usize)", hash);
  return source.text();
}

/** A row of the state: its words 0 to 3 and 4 to 7. */
type Row = readonly [string, string];

interface Step {
  readonly words: Row;
  readonly majority: boolean;
  readonly rotations: readonly [number, number];
  readonly laneMask: number;
}

/** 32 steps with the words of the message, four with those of the chaining value. */
function steps(): Step[] {
  const pick = (round: number, step: number): [number, number] => {
    const rotations = ROTATIONS[round] ?? [];
    return [rotations[step % 4] ?? 0, rotations[(step + 1) % 4] ?? 0];
  };
  const pairAt = (base: string, step: number): Row => [
    load(base, 32 * step),
    load(base, 32 * step + 16),
  ];
  const laneMask = (step: number): number => LANE_MASKS[step % LANE_MASKS.length] ?? 0;
  const main = range(4 * STEPS_PER_ROUND).map((step) => ({
    words: pairAt("words", step),
    majority: step % STEPS_PER_ROUND > 3,
    rotations: pick(Math.floor(step / STEPS_PER_ROUND), step),
    laneMask: laneMask(step),
  }));
  const final = range(FINAL_STEPS).map((step) => ({
    words: pairAt("chaining", step),
    majority: false,
    rotations: pick(3, step),
    laneMask: laneMask(main.length + step),
  }));
  return [...main, ...final];
}

/** `state` is the chaining value xored with the block; A, B, C and D lie one after another. */
function compress(writer: FunctionWriter): void {
  const row = (index: number): Row => [
    writer.v128(load("state", 32 * index)),
    writer.v128(load("state", 32 * index + 16)),
  ];
  let rows: readonly [Row, Row, Row, Row] = [row(0), row(1), row(2), row(3)];
  for (const step of steps()) {
    const [a, b, c] = rows;
    const rotated: Row = [
      writer.v128(rotateLeft32(a[0], step.rotations[0])),
      writer.v128(rotateLeft32(a[1], step.rotations[0])),
    ];
    const half = (index: 0 | 1): string => newWords(writer, { rows, rotated, step, index });
    rows = [[half(0), half(1)], rotated, b, c];
  }
  rows.flat().forEach((words, index) => {
    writer.store("v128", "result", words, 16 * index);
  });
}

interface HalfStep {
  readonly rows: readonly [Row, Row, Row, Row];
  readonly rotated: Row;
  readonly step: Step;
  readonly index: 0 | 1;
}

/** A of the next step: D + W + f(A, B, C), rotated, plus the rotated A of another lane. */
function newWords(writer: FunctionWriter, { rows, rotated, step, index }: HalfStep): string {
  const [a, b, c, d] = rows.map((row) => row[index]) as [string, string, string, string];
  const f = step.majority ? or(and(a, b), and(or(a, b), c)) : xor(and(xor(b, c), a), c);
  const sum = writer.v128(add32(add32(d, step.words[index]), f));
  const other = rotated[step.laneMask & 4 ? 1 - index : index] ?? "";
  const mask = step.laneMask & 3;
  const lanes = range(4).map((lane) => lane ^ mask);
  const neighbours = mask === 0 ? other : shuffle32(other, other, lanes);
  return writer.v128(add32(rotateLeft32(sum, step.rotations[1]), neighbours));
}

function hash(writer: FunctionWriter): void {
  writer.line("firstSums(digest, 0);");
  writer.line("firstSums(digest + 8, 16);");
  writer.line("secondSums(0);");
  writer.line("secondSums(16);");
  writeWords(writer, TRANSFORM, WORDS);
  for (const index of range(8)) {
    const initial = load("INITIAL", 16 * index);
    const word = index < 4 ? xor(initial, load("digest", 16 * index)) : initial;
    writer.store("v128", "0", word, STATE + 16 * index);
  }
  writer.line(`compress(${WORDS}, INITIAL, ${STATE}, ${CHAINING});`);
  for (const index of range(8)) {
    const chaining = load(0, CHAINING + 16 * index);
    const word = index === 0 ? xorLength(writer, chaining) : chaining;
    writer.store("v128", "0", word, STATE + 16 * index);
  }
  writer.line(`compress(LAST_BLOCK, ${CHAINING}, ${STATE}, ${RESULT});`);
  for (const index of range(4)) {
    writer.store("v128", "digest", load(0, RESULT + 16 * index), 16 * index);
  }
}
