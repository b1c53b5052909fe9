/**
 * Luffa-512 of 64 bytes, four messages in the lanes of the vectors.
 * @source "Hash Function Luffa: Specification", De Cannière, Sato, Watanabe, version 2.0.1:
 *   message injection for five states, SubCrumb, MixWord, AddConstant, tweaks, finalization
 * @module
 */
import assert from "node:assert/strict";
import { assertCircuit, type Bits, type Gates, vectorGates } from "./gates.ts";
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { load, or, reverseBytes32, rotateLeft32, transpose, xor, xorRows } from "./vectors.ts";
import { hexWords, range } from "./words.ts";

const STATES = 5;
const STEPS = 8;
const STATE_BYTES = 128;

/** Five states of eight words, each a vector of four messages. */
const STATE = LAYOUT.SCRATCH;

/** Four message blocks of eight words: the two of the message, the padding, and one of zeros. */
const MESSAGE = LAYOUT.SCRATCH_B;
const BLOCK_BYTES = 128;

const INITIAL = hexWords(`
  6d251e69 44b051e0 4eaa6fb4 dbf78465 6e292011 90152df4 ee058139 def610bb
  c3b44b95 d9d2f256 70eee9a0 de099fa3 5d9b0557 8fc944b3 cf1ccf0e 746cd581
  f7efc89d 5dba5781 04016ce5 ad659c05 0306194f 666d1836 24aa230a 8b264ae7
  858075d5 36d79cce e571f7d7 204b1f67 35870c6a 57e9e923 14bcb808 7cde72ce
  6c68e9be 5ec41e22 c825b7c7 affb4363 f5df3999 0fc688f1 b07224cc 03e86cea`);

/** Where the shift registers of the constants begin, for each permutation: upper and lower half. */
const SEEDS = [
  [0x181cca53, 0x380cde06],
  [0x5b6f0876, 0xf16f8594],
  [0x7e106ce9, 0x38979cb0],
  [0xbb62f364, 0x92e93c29],
  [0x9a025047, 0xcff2a940],
] as const;

/** Constants of the steps, each four times: of word 0, then of word 4. */
function stepConstants(): number[] {
  const constants: number[] = [];
  for (const [seedUpper, seedLower] of SEEDS) {
    let [upper, lower]: [number, number] = [seedUpper, seedLower];
    for (const _ of range(2 * STEPS)) {
      const carry = upper >>> 31 === 1;
      const nextUpper = (((upper << 1) | (lower >>> 31)) ^ (carry ? 0xc4d6496c : 0)) >>> 0;
      const nextLower = ((lower << 1) ^ (carry ? 0x55c61c8d : 0)) >>> 0;
      constants.push(nextUpper, nextUpper, nextUpper, nextUpper);
      [upper, lower] = [nextLower, nextUpper];
    }
  }
  return constants;
}

const S_BOX = [13, 14, 0, 1, 5, 10, 7, 6, 11, 3, 9, 12, 15, 8, 2, 4];

/** SubCrumb: the S-box on four bits, the least significant first. */
function subCrumb<Wire>(gates: Gates<Wire>, bits: Bits<Wire>): Bits<Wire> {
  let [a0, a1, a2, a3] = bits;
  const t = a0;
  a0 = gates.or(a0, a1);
  a2 = gates.xor(a2, a3);
  a1 = gates.not(a1);
  a0 = gates.xor(a0, a3);
  a3 = gates.and(a3, t);
  a1 = gates.xor(a1, a3);
  a3 = gates.xor(a3, a2);
  a2 = gates.and(a2, a0);
  a0 = gates.not(a0);
  a2 = gates.xor(a2, a1);
  a1 = gates.or(a1, a3);
  const low = gates.xor(t, a1);
  a3 = gates.xor(a3, a2);
  a2 = gates.and(a2, a1);
  a1 = gates.xor(a1, a0);
  return [low, a1, a2, a3];
}

assertCircuit(subCrumb, S_BOX);

export function generate(): string {
  const constants = stepConstants();
  assert.deepEqual([constants[0], constants[4]], [0x303994a6, 0xe0337818]);
  const source = new SourceWriter();
  source.table("STEP_CONSTANTS", "u32", constants);
  source.table("INITIAL", "u32", INITIAL);
  source.function("permuteStates()", permuteStates);
  source.function("injectMessage(message: usize)", injectMessage);
  source.function("luffaFour(digests: usize)", hashFour);
  return source.text();
}

function permuteStates(writer: FunctionWriter): void {
  const words = range(8).map((index) => `a${index}`);
  writer.block(`for (let j: usize = 0; j < ${STATES}; j++)`, () => {
    writer.line(`const state = j * ${STATE_BYTES} + ${STATE};`);
    writer.line(`const constants = STEP_CONSTANTS + j * ${32 * STEPS};`);
    writer.line("const tweak = <i32>j;");
    const loads = words.map((_, index) => load("state", 16 * index));
    const rotated = loads.map((word, index) =>
      index < 4 ? word : or(`i32x4.shl(${word}, tweak)`, `i32x4.shr_u(${word}, (32 - tweak) & 31)`),
    );
    writer.variables("v128", words, rotated);
    writer.block(`for (let step: usize = 0; step < ${32 * STEPS}; step += 32)`, () => {
      writer.assign(words, luffaStep(writer, words));
    });
    words.forEach((word, index) => {
      writer.store("v128", "state", word, 16 * index);
    });
  });
}

function luffaStep(writer: FunctionWriter, words: readonly string[]): string[] {
  const gates = vectorGates(writer);
  const [w0 = "", w1 = "", w2 = "", w3 = "", w4 = "", w5 = "", w6 = "", w7 = ""] = words;
  const low = subCrumb(gates, [w0, w1, w2, w3]);
  const [b5, b6, b7, b4] = subCrumb(gates, [w5, w6, w7, w4]);
  const high = [b4, b5, b6, b7];
  const mixed = low.map((word, index) => mixWord(writer, word, `${high[index]}`));
  const result = [...mixed.map(({ upper }) => upper), ...mixed.map(({ lower }) => lower)];
  result[0] = writer.v128(xor(`${result[0]}`, load("constants + step", 0)));
  result[4] = writer.v128(xor(`${result[4]}`, load("constants + step", 16)));
  return result;
}

function mixWord(
  writer: FunctionWriter,
  upperWord: string,
  lowerWord: string,
): { upper: string; lower: string } {
  let [upper, lower] = [upperWord, writer.v128(xor(lowerWord, upperWord))];
  upper = writer.v128(xor(rotateLeft32(upper, 2), lower));
  lower = writer.v128(xor(rotateLeft32(lower, 14), upper));
  upper = writer.v128(xor(rotateLeft32(upper, 10), lower));
  lower = writer.v128(rotateLeft32(lower, 1));
  return { upper, lower };
}

/** Multiplication by 2 in the ring of eight words, modulo x^8 + x^4 + x^3 + x + 1. */
function double(writer: FunctionWriter, words: readonly string[]): string[] {
  const last = `${words[7]}`;
  return words.map((_, index) => {
    const before = `${words[(index + 7) % 8]}`;
    return [1, 3, 4].includes(index) ? writer.v128(xor(before, last)) : before;
  });
}

function injectMessage(writer: FunctionWriter): void {
  const states = range(STATES).map((j) =>
    range(8).map((index) => writer.v128(load(0, STATE + STATE_BYTES * j + 16 * index))),
  );
  const all = range(8).map((index) =>
    writer.v128(xor(...states.map((state) => `${state[index]}`))),
  );
  const doubledSum = double(writer, all);
  const summed = states.map((state) => xorRows(writer, state, doubledSum));
  /** Each state doubled and added to a neighbour's. */
  const addDoubled = (from: string[][], distance: number): string[][] =>
    from.map((state, j) =>
      xorRows(writer, double(writer, state), from[(j + distance) % STATES] ?? []),
    );
  const mixed = addDoubled(addDoubled(summed, 1), STATES - 1);
  let message = range(8).map((index) => writer.v128(load("message", 16 * index)));
  mixed.forEach((state, j) => {
    if (j > 0) message = double(writer, message);
    xorRows(writer, state, message).forEach((word, index) => {
      writer.store("v128", "0", word, STATE + STATE_BYTES * j + 16 * index);
    });
  });
}

function hashFour(writer: FunctionWriter): void {
  for (const part of range(4)) {
    const rows = range(4).map((message) =>
      writer.v128(reverseBytes32(writer, load("digests", 64 * message + 16 * part))),
    );
    transpose(writer, rows).forEach((words, index) => {
      writer.store("v128", "0", words, MESSAGE + 64 * part + 16 * index);
    });
  }
  const [padding, zeros] = [MESSAGE + 2 * BLOCK_BYTES, MESSAGE + 3 * BLOCK_BYTES];
  writer.line(`memory.fill(${padding}, 0, ${2 * BLOCK_BYTES});`);
  writer.line(`v128.store(0, i32x4.splat(<i32>0x80000000), ${padding});`);
  writer.block(`for (let i: usize = 0; i < ${8 * STATES}; i++)`, () => {
    writer.store("v128", "i << 4", "v128.load_splat<u32>(INITIAL + (i << 2))", STATE);
  });
  const absorb = (block: number): void => {
    writer.line(`injectMessage(${block});`);
    writer.line("permuteStates();");
  };
  for (const block of [MESSAGE, MESSAGE + BLOCK_BYTES, padding]) absorb(block);
  for (const half of range(2)) {
    absorb(zeros);
    for (const quarter of range(2)) writeQuarter(writer, half, quarter);
  }
}

/** Four words of the digests: the sum of all states, half of it after each block of zeros. */
function writeQuarter(writer: FunctionWriter, half: number, quarter: number): void {
  const sums = range(4).map((index) => {
    const offset = STATE + 64 * quarter + 16 * index;
    return writer.v128(xor(...range(STATES).map((j) => load(0, offset + STATE_BYTES * j))));
  });
  transpose(writer, sums).forEach((words, message) => {
    const offset = 64 * message + 32 * half + 16 * quarter;
    writer.store("v128", "digests", reverseBytes32(writer, words), offset);
  });
}
