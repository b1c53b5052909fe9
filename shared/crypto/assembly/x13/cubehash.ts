/**
 * CubeHash 160+16/32+160-512 of 64 bytes: sixteen rounds for each block of 32 bytes. The 32 words
 * of the state are eight vectors.
 * @source "CubeHash specification (2.B.1)", Bernstein, 2009: the ten steps of a round, initial
 *   value, padding, finalization
 * @module
 */
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { add32, load, rotateLeft32, shuffle32, xor } from "./vectors.ts";
import { range } from "./words.ts";

const ROUNDS_PER_BLOCK = 16;
const ROUNDS_AROUND = 160;
const WORDS = range(8).map((index) => `x${index}`);

export function generate(): string {
  const source = new SourceWriter();
  source.zeros("INITIAL", 128);
  source.function("prepareCubehash()", (writer) => {
    // Bytes of a digest, bytes of a block, rounds of a block.
    writer.line("store<u32>(INITIAL, 64, 0);");
    writer.line("store<u32>(INITIAL, 32, 4);");
    writer.line(`store<u32>(INITIAL, ${ROUNDS_PER_BLOCK}, 8);`);
    loadState(writer);
    rounds(writer, ROUNDS_AROUND);
    WORDS.forEach((word, index) => {
      writer.store("v128", "INITIAL", word, 16 * index);
    });
  });
  source.function("cubehash(digest: usize)", hash);
  return source.text();
}

function loadState(writer: FunctionWriter): void {
  const loads = WORDS.map((_, index) => load("INITIAL", 16 * index));
  writer.variables("v128", WORDS, loads);
}

function hash(writer: FunctionWriter): void {
  loadState(writer);
  writer.block("for (let block: usize = 0; block < 64; block += 32)", () => {
    writer.line(`x0 = ${xor("x0", load("digest + block", 0))};`);
    writer.line(`x1 = ${xor("x1", load("digest + block", 16))};`);
    rounds(writer, ROUNDS_PER_BLOCK);
  });
  const padding = writer.constant([0x80, ...Array<number>(15).fill(0)]);
  writer.line(`x0 = ${xor("x0", padding)};`);
  rounds(writer, ROUNDS_PER_BLOCK);
  const lastWord = writer.constant([...Array<number>(12).fill(0), 1, 0, 0, 0]);
  writer.line(`x7 = ${xor("x7", lastWord)};`);
  rounds(writer, ROUNDS_AROUND);
  for (const index of range(4)) writer.store("v128", "digest", `x${index}`, 16 * index);
}

function rounds(writer: FunctionWriter, count: number): void {
  writer.block(`for (let round = 0; round < ${count}; round += 2)`, () => {
    writer.assign(WORDS, cubeRound(writer, cubeRound(writer, WORDS)));
  });
}

/**
 * Words with the index 0jklm are `low`, those with 1jklm are `high`; j and k choose the vector, l
 * and m the lane. So swaps along j and k only rename vectors.
 */
function cubeRound(writer: FunctionWriter, state: readonly string[]): string[] {
  let low = state.slice(0, 4);
  let high = state.slice(4);
  const half = (bits: number, vectorMask: number, laneMask: number): void => {
    high = high.map((word, index) => writer.v128(add32(word, `${low[index]}`)));
    const rotated = low.map((word) => writer.v128(rotateLeft32(word, bits)));
    const swapped = rotated.map((_, index) => `${rotated[index ^ vectorMask]}`);
    low = swapped.map((word, index) => writer.v128(xor(word, `${high[index]}`)));
    const lanes = range(4).map((lane) => lane ^ laneMask);
    high = high.map((word) => writer.v128(shuffle32(word, word, lanes)));
  };
  half(7, 2, 2);
  half(11, 1, 1);
  return [...low, ...high];
}
