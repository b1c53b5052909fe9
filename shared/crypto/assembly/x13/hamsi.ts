/**
 * Hamsi-512 of 64 bytes, four messages in the lanes of the vectors: eight blocks of eight bytes,
 * one of padding, and one of the length.
 * @source "The Hash Function Hamsi", Küçük, 2009: Hamsi-512, its expansion, concatenation,
 *   constants α, S-box, diffusion, truncation, finalization
 * @module
 */
import { assertCircuit, type Bits, type Gates, vectorGates } from "./gates.ts";
import { CODE_ROWS } from "./hamsi-code.ts";
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { load, reverseBytes32, rotateLeft32, transpose, xor } from "./vectors.ts";
import { hexWords, range } from "./words.ts";

const ROUNDS = 6;
const FINAL_ROUNDS = 12;

/** Sixteen words of chaining value, each a vector of four messages. */
const CHAINING = LAYOUT.SCRATCH;
/**
 * Sixteen words of expanded message; behind them, before they are transposed, message by message.
 */
const EXPANDED = LAYOUT.SCRATCH_B;
const UNTRANSPOSED = LAYOUT.SCRATCH_B + 256;

const INITIAL = asciiWords("steelpark Arenberg 10, bus 2446, B-3001 Leuven-Heverlee, Belgium");

/** α, as pairs of 16-bit patterns; the finalization replaces each pattern by another one. */
const ALPHA = hexWords(`
  ff00f0f0 ccccaaaa f0f0cccc ff00aaaa ccccaaaa f0f0ff00 aaaacccc f0f0ff00
  f0f0cccc aaaaff00 ccccff00 aaaaf0f0 aaaaf0f0 ff00cccc ccccf0f0 ff00aaaa
  ccccaaaa ff00f0f0 ff00aaaa f0f0cccc f0f0ff00 ccccaaaa f0f0ff00 aaaacccc
  aaaaff00 f0f0cccc aaaaf0f0 ccccff00 ff00cccc aaaaf0f0 ff00aaaa ccccf0f0`);
const FINAL_PATTERNS = new Map([
  [0xff00, 0xcaf9],
  [0xf0f0, 0x639c],
  [0xcccc, 0x0ff0],
  [0xaaaa, 0xf9c0],
]);
const FINAL_ALPHA = ALPHA.map((word) => {
  const [upper = 0, lower = 0] = [word >>> 16, word & 0xffff].map((p) => FINAL_PATTERNS.get(p));
  return ((upper << 16) | lower) >>> 0;
});

/**
 * What is loaded into the 32 words of the state: m0 … m15 expanded message, c0 … c15 chaining
 * value.
 */
const CONCATENATION = [
  ..."m0 m1 c0 c1 m2 m3 c2 c3 c4 c5 m4 m5 c6 c7 m6 m7".split(" "),
  ..."m8 m9 c8 c9 m10 m11 c10 c11 c12 c13 m12 m13 c14 c15 m14 m15".split(" "),
];

/** The words of the state that L takes together: its eight diagonals, then four more. */
const DIFFUSIONS: readonly Bits<number>[] = [
  ...range(8).map(
    (i): Bits<number> => [i, 8 + ((i + 1) % 8), 16 + ((i + 2) % 8), 24 + ((i + 3) % 8)],
  ),
  [0, 2, 5, 7],
  [16, 19, 21, 22],
  [9, 11, 12, 14],
  [25, 26, 28, 31],
];

function asciiWords(text: string): number[] {
  const view = new DataView(new TextEncoder().encode(text).buffer);
  return range(text.length / 4).map((index) => view.getUint32(4 * index));
}

const S_BOX = [8, 6, 7, 9, 3, 12, 10, 15, 13, 1, 14, 4, 0, 11, 5, 2];

/** The S-box (the third of Serpent) on four bits, the least significant first. */
function substitute<Wire>(gates: Gates<Wire>, bits: Bits<Wire>): Bits<Wire> {
  let [a, b, c, d] = bits;
  let t = a;
  a = gates.and(a, c);
  a = gates.xor(a, d);
  c = gates.xor(c, b);
  c = gates.xor(c, a);
  d = gates.or(d, t);
  d = gates.xor(d, b);
  t = gates.xor(t, c);
  b = d;
  d = gates.or(d, t);
  d = gates.xor(d, a);
  a = gates.and(a, b);
  t = gates.xor(t, a);
  b = gates.xor(b, d);
  b = gates.xor(b, t);
  return [c, d, b, gates.not(t)];
}

assertCircuit(substitute, S_BOX);

export function generate(): string {
  const splat = (words: readonly number[]): number[] => words.flatMap((w) => [w, w, w, w]);
  const source = new SourceWriter();
  source.table("ALPHA", "u32", splat(ALPHA));
  source.table("FINAL_ALPHA", "u32", splat(FINAL_ALPHA));
  source.table("INITIAL", "u32", splat(INITIAL));
  source.table("CODE_ROWS", "u32", CODE_ROWS);
  // A one and zeros; the length of 512 bits as a big-endian number.
  source.table("PADDING", "u8", [0x80, 0, 0, 0, 0, 0, 0, 0, ...[0, 0, 0, 0, 0, 0, 2, 0]]);
  source.function("prepareHamsi()", buildTables);
  source.function("permuteFour(rounds: i32, alpha: usize)", permuteFour);
  source.function("expandFour(blocks: usize, stride: usize)", expandFour);
  source.function("hamsiFour(digests: usize)", hashFour);
  return source.text();
}

/**
 * A table for each four bits of a block: their sixteen images under the code. A row of the code is
 * the image of the lower bit of a symbol of F4, (x, y) in halves of 256 bits; that of the upper bit
 * is w times it, (y, x + y).
 */
function buildTables(writer: FunctionWriter): void {
  writer.block("for (let nibble: usize = 0; nibble < 16; nibble++)", () => {
    writer.block("for (let value: usize = 0; value < 16; value++)", () => {
      writer.block("for (let half: usize = 0; half < 32; half += 16)", () => {
        writer.line("let x = i32x4.splat(0), y = i32x4.splat(0);");
        writer.block("for (let bit: usize = 0; bit < 4; bit++)", () => {
          writer.line("if (((value >> bit) & 1) == 0) continue;");
          writer.line("const row = CODE_ROWS + (((nibble << 1) + (bit >> 1)) << 6) + half;");
          writer.line(`const rowX = ${load("row", 0)}, rowY = ${load("row", 32)};`);
          writer.line("const upper = (bit & 1) == 1;");
          writer.line(`x = ${xor("x", "upper ? rowY : rowX")};`);
          writer.line(`y = ${xor("y", `upper ? ${xor("rowX", "rowY")} : rowY`)};`);
        });
        const entry = "(nibble << 10) + (value << 6) + half";
        writer.store("v128", entry, "x", LAYOUT.HAMSI_TABLES);
        writer.store("v128", entry, "y", LAYOUT.HAMSI_TABLES + 32);
      });
    });
  });
}

/** Rounds over the state of 32 words, which then is added to the chaining value in part. */
function permuteFour(writer: FunctionWriter): void {
  const state = range(32).map((index) => `s${index}`);
  const loads = CONCATENATION.map((name) => {
    const base = name.startsWith("m") ? EXPANDED : CHAINING;
    return load(0, base + 16 * Number(name.slice(1)));
  });
  writer.variables("v128", state, loads);
  writer.block("for (let round = 0; round < rounds; round++)", () => {
    writer.assign(state, hamsiRound(writer, state));
  });
  for (const index of range(16)) {
    const kept = state[index < 8 ? index : index + 8] ?? "";
    const sum = xor(load(0, CHAINING + 16 * index), kept);
    writer.store("v128", "0", sum, CHAINING + 16 * index);
  }
}

function hamsiRound(writer: FunctionWriter, state: readonly string[]): string[] {
  const gates = vectorGates(writer);
  const s = state.map((word, index) => writer.v128(xor(word, load("alpha", 16 * index))));
  s[1] = writer.v128(xor(s[1] ?? "", "i32x4.splat(round)"));
  const change = (places: Bits<number>, map: (words: Bits<string>) => Bits<string>): void => {
    const [w0 = "", w1 = "", w2 = "", w3 = ""] = places.map((place) => s[place]);
    const result = map([w0, w1, w2, w3]);
    places.forEach((place, row) => {
      s[place] = result[row] ?? "";
    });
  };
  for (const column of range(8)) {
    const places: Bits<number> = [column, column + 8, column + 16, column + 24];
    change(places, (words) => substitute(gates, words));
  }
  for (const places of DIFFUSIONS) change(places, (words) => diffuse(writer, words));
  return s;
}

/** L, as in Serpent. */
function diffuse(writer: FunctionWriter, words: Bits<string>): Bits<string> {
  let [a, b, c, d] = words;
  a = writer.v128(rotateLeft32(a, 13));
  c = writer.v128(rotateLeft32(c, 3));
  b = writer.v128(xor(b, a, c));
  d = writer.v128(xor(d, c, `i32x4.shl(${a}, 3)`));
  b = writer.v128(rotateLeft32(b, 1));
  d = writer.v128(rotateLeft32(d, 7));
  a = writer.v128(xor(a, b, d));
  c = writer.v128(xor(c, d, `i32x4.shl(${b}, 7)`));
  a = writer.v128(rotateLeft32(a, 5));
  c = writer.v128(rotateLeft32(c, 22));
  return [a, b, c, d];
}

/**
 * The code on four blocks of eight bytes, `stride` apart, sixteen look-ups each; then transposed.
 */
function expandFour(writer: FunctionWriter): void {
  writer.block("for (let at: usize = 0; at < 256; at += 64, blocks += stride)", () => {
    writer.line("const block = load<u64>(blocks);");
    const entries = range(16).map((nibble) => {
      const bits = 4 * nibble - 6; // to the place of a factor of 64, the size of an entry
      const moved = bits < 0 ? `(block << ${-bits})` : `(block >> ${bits})`;
      return writer.usize(`<usize>(${moved} & 0x3c0)`);
    });
    for (const part of range(4)) {
      const terms = entries.map((entry, nibble) =>
        load(entry, LAYOUT.HAMSI_TABLES + 1024 * nibble + 16 * part),
      );
      writer.store("v128", "at", xor(...terms), UNTRANSPOSED + 16 * part);
    }
  });
  for (const part of range(4)) {
    const rows = range(4).map((message) =>
      writer.v128(load(0, UNTRANSPOSED + 64 * message + 16 * part)),
    );
    transpose(writer, rows).forEach((words, index) => {
      writer.store("v128", "0", words, EXPANDED + 64 * part + 16 * index);
    });
  }
}

function hashFour(writer: FunctionWriter): void {
  writer.line(`memory.copy(${CHAINING}, INITIAL, 256);`);
  writer.block("for (let block: usize = 0; block < 64; block += 8)", () => {
    writer.line("expandFour(digests + block, 64);");
    writer.line(`permuteFour(${ROUNDS}, ALPHA);`);
  });
  writer.line("expandFour(PADDING, 0);");
  writer.line(`permuteFour(${ROUNDS}, ALPHA);`);
  writer.line("expandFour(PADDING + 8, 0);");
  writer.line(`permuteFour(${FINAL_ROUNDS}, FINAL_ALPHA);`);
  for (const part of range(4)) {
    const words = range(4).map((index) => writer.v128(load(0, CHAINING + 64 * part + 16 * index)));
    transpose(writer, words).forEach((digest, message) => {
      const offset = 64 * message + 16 * part;
      writer.store("v128", "digests", reverseBytes32(writer, digest), offset);
    });
  }
}
