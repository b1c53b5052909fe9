/**
 * ECHO-512 of 64 bytes: one block. Sixteen AES states in memory; BigSubWords reads their bytes,
 * BigMixColumns works on vectors.
 * @source "SHA-3 proposal: ECHO", Benadjila, Billet et al., version 2.0: COMPRESS1024, BigSubWords,
 *   BigShiftRows, BigMixColumns, BigFinal, padding
 * @module
 */
import { aesRound, aesRoundInMemory } from "./aes.ts";
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { and, load, xor } from "./vectors.ts";
import { range, wordBytes } from "./words.ts";

const ROUNDS = 10;
const MESSAGE_BITS = 512;
const STATE = LAYOUT.SCRATCH_B;
const SUBSTITUTED = LAYOUT.SCRATCH;

/** Each of the eight chaining words is the digest's length in bits. */
const CHAINING = wordBytes([512, 0, 0, 0]);

/** The block's last four words: a one and zeros, the digest's length above, the counter. */
const PADDING = [
  [0x80, 0, 0, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 512 << 16],
  [MESSAGE_BITS, 0, 0, 0],
].map(wordBytes);

export function generate(): string {
  const source = new SourceWriter();
  source.function("echo(digest: usize)", (writer) => {
    const words = [
      ...range(8).map(() => writer.constant(CHAINING)),
      ...range(4).map((index) => load("digest", 16 * index)),
      ...PADDING.map((bytes) => writer.constant(bytes)),
    ];
    words.forEach((word, index) => {
      writer.store("v128", "0", word, STATE + 16 * index);
    });
    // The first key of every AES round is a counter, from the message's length in bits up.
    const [from, to] = [MESSAGE_BITS, MESSAGE_BITS + 16 * ROUNDS];
    writer.block(`for (let counter: u32 = ${from}; counter < ${to}; counter += 16)`, () => {
      substitute(writer);
      for (const column of range(4)) mixColumn(writer, column);
    });
    finish(writer);
  });
  return source.text();
}

/** BigSubWords: two AES rounds of each word, the second without a key; four words a turn. */
function substitute(writer: FunctionWriter): void {
  writer.block("for (let at: usize = 0; at < 256; at += 64)", () => {
    writer.line("const first = counter + <u32>(at >> 4);");
    for (const index of range(4)) {
      const key = [index === 0 ? "<u64>first" : `<u64>(first + ${index})`];
      const state = { address: "at", offset: STATE + 16 * index };
      const columns = aesRound(writer, aesRoundInMemory(writer, state, key));
      columns.forEach((word, column) => {
        writer.store("u32", "at", `<u32>${word}`, SUBSTITUTED + 16 * index + 4 * column);
      });
    }
  });
}

function mixColumn(writer: FunctionWriter, column: number): void {
  // BigShiftRows: row r comes from the column r places further.
  const words = range(4).map((row) =>
    writer.v128(load(0, SUBSTITUTED + 16 * (((column + row) % 4) * 4 + row))),
  );
  const sums = words.map((word, row) => writer.v128(xor(word, `${words[(row + 1) % 4]}`)));
  const all = writer.v128(xor(`${sums[0]}`, `${sums[2]}`));
  words.forEach((word, row) => {
    const mixed = xor(word, all, doubleBytes(writer, `${sums[row]}`));
    writer.store("v128", "0", mixed, STATE + 16 * (4 * column + row));
  });
}

/** Every byte times x. */
function doubleBytes(writer: FunctionWriter, a: string): string {
  const carries = `i8x16.lt_s(${a}, ${writer.repeated(8, 0)})`;
  return xor(`i8x16.add(${a}, ${a})`, and(carries, writer.repeated(8, 0x1b)));
}

/** BigFinal: all that went in and what came out, folded to the four words of the digest. */
function finish(writer: FunctionWriter): void {
  for (const index of range(4)) {
    const sum = xor(
      load(0, STATE + 16 * index),
      load(0, STATE + 128 + 16 * index),
      writer.constant(CHAINING),
      load("digest", 16 * index),
    );
    writer.store("v128", "digest", sum, 16 * index);
  }
}
