/**
 * Fugue-512 of 64 bytes, two messages at a time: one Super-Mix has to wait for the one before, so
 * the other message's fills the time.
 *
 * The state of 36 words is a window in memory that slides down by three words a step, so that the
 * rotation of the state costs nothing. Its first four words, which Super-Mix has just made, stay in
 * variables as well.
 *
 * Super-Mix of a column matrix U: every byte goes through the S-box, and then contributes to all
 * sixteen bytes. Moving rows and columns together commutes with it (asserted below), so that four
 * tables of 256 vectors serve the sixteen bytes, with one rotation for each row.
 * @source "The Hash Function Fugue", Halevi, Hall, Jutla, 2009: Super-Mix; TIX, CMIX, round and
 *   final transformation of Fugue-512; its initial value
 * @module
 */
import assert from "node:assert/strict";
import { multiple } from "./galois.ts";
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { load, reverseBytes32, rotateLeft32, swapPairs16, xor } from "./vectors.ts";
import { hexWords, range } from "./words.ts";

const WORDS = 36;
const STEPS_PER_ROUND = 4;
const WORDS_PER_ROUND = 3 * STEPS_PER_ROUND;

/** Sixteen words of message, two of its length in bits. */
const INPUT_WORDS = 18;
/** G1: rounds without input. G2: turns of four Super-Mixes. */
const EMPTY_ROUNDS = 8;
const FINAL_TURNS = 13;

const TABLE_BYTES = 4096;
const MESSAGE = LAYOUT.SCRATCH;
const MESSAGE_BYTES = 128;

/**
 * From the first message's window to the second's. At 4,096 bytes, the same low twelve bits, every
 * load would wait for the other window's store: 2.5 times slower.
 */
const WINDOW_DISTANCE = 0x1240;
const WINDOW_START = LAYOUT.FUGUE_WINDOWS + 4 * WORDS_PER_ROUND * (INPUT_WORDS + EMPTY_ROUNDS + 1);

const INITIAL = hexWords(`
  8807a57e e616af75 c5d3e4db ac9ab027 d915f117 b6eecc54 06e8020b 4a92efd1
  aac6e2c9 ddb21398 cae65838 437f203f 25ea78e7 951fddd6 da6ed11d e13e3567`);

/** M, the matrix of the columns. */
const MATRIX = [
  [1, 4, 7, 1],
  [1, 1, 4, 7],
  [7, 1, 1, 4],
  [4, 7, 1, 1],
];

/**
 * By what the byte in row i, column j enters the byte in row r, column c of the result: M U, plus
 * the sums of each row without its diagonal times M transposed; then row r moves left by r.
 */
function coefficient(i: number, j: number, r: number, c: number): number {
  const column = (c + r) % 4;
  const direct = column === j ? (MATRIX[r]?.[i] ?? 0) : 0;
  const crossed = r === i && i !== j ? (MATRIX[column]?.[i] ?? 0) : 0;
  return direct ^ crossed;
}

for (const i of range(4)) {
  for (const j of range(4)) {
    for (const r of range(4)) {
      for (const c of range(4)) {
        const moved = coefficient(i, j, (r + i) % 4, c);
        assert.equal(moved, coefficient(0, (j - i + 4) % 4, r, c), "symmetry of Super-Mix");
      }
    }
  }
}

export function generate(): string {
  const source = new SourceWriter();
  source.line('import { S_BOX, double } from "./galois.generated";');
  source.table("INITIAL", "u32", [...Array<number>(WORDS - INITIAL.length).fill(0), ...INITIAL]);
  source.function("prepareFugue()", buildTables);
  source.function("fugueTwo(first: usize, second: usize)", hashTwo);
  return source.text();
}

/** Table d: what a byte of row 0, column d contributes; column c of the result is lane c. */
function buildTables(writer: FunctionWriter): void {
  writer.block("for (let a: usize = 0; a < 256; a++)", () => {
    writer.line("const s = <u32>load<u8>(S_BOX + a), s2 = double(s), s4 = double(s2);");
    for (const distance of range(4)) {
      for (const column of range(4)) {
        const bytes = range(4).map(
          (row) => `(${multiple(coefficient(0, distance, row, column))} << ${24 - 8 * row})`,
        );
        const offset = LAYOUT.FUGUE_TABLES + TABLE_BYTES * distance + 4 * column;
        writer.store("u32", "a << 4", bytes.join(" | "), offset);
      }
    }
  });
}

/** Super-Mix of four words, the columns; the high byte is row 0. */
function superMix(writer: FunctionWriter, words: readonly string[]): string {
  const rows = range(4).map((row) => {
    const bits = 24 - 8 * row - 4; // to the place of a factor of 16, the size of an entry
    const terms = words.map((word, column) => {
      const entry = bits < 0 ? `((${word} << ${-bits}) & 0xff0)` : `((${word} >> ${bits}) & 0xff0)`;
      return load(entry, LAYOUT.FUGUE_TABLES + TABLE_BYTES * ((column - row + 4) % 4));
    });
    const [a = "", b = "", c = "", d = ""] = terms;
    return writer.v128(xor(xor(a, b), xor(c, d)));
  });
  const [row0 = "", row1 = "", row2 = "", row3 = ""] = rows;
  const upper = xor(row0, rotateLeft32(row1, 24));
  return writer.v128(xor(upper, xor(swapPairs16(row2), rotateLeft32(row3, 8))));
}

/** One of the two messages: its window of words, relative to the variable `at`. */
class Message {
  readonly index: number;
  readonly digest: string;
  /** Variables that hold words 0 to 3. */
  readonly head: readonly string[];
  readonly #writer: FunctionWriter;

  constructor(writer: FunctionWriter, index: number, digest: string) {
    this.#writer = writer;
    this.index = index;
    this.digest = digest;
    this.head = range(4).map((word) => `head${index}${word}`);
  }

  word(place: number): string {
    return this.#writer.u32(`load<u32>(at, ${this.offset(place)})`);
  }

  set(place: number, value: string): void {
    this.#writer.store("u32", "at", value, this.offset(place));
  }

  add(place: number, value: string): void {
    this.set(place, `${this.word(place)} ^ ${value}`);
  }

  setFour(place: number, vector: string): void {
    this.#writer.store("v128", "at", vector, this.offset(place));
  }

  lane(vector: string, lane: number): string {
    return this.#writer.u32(`<u32>i32x4.extract_lane(${vector}, ${lane})`);
  }

  offset(place: number): number {
    return 4 * place + WINDOW_DISTANCE * this.index;
  }
}

function hashTwo(writer: FunctionWriter): void {
  const messages = ["first", "second"].map((digest, index) => new Message(writer, index, digest));
  for (const message of messages) readMessage(writer, message);
  writer.line(`let at: usize = ${WINDOW_START};`);
  for (const message of messages) {
    for (const part of range(WORDS / 4)) {
      message.setFour(4 * part, load("INITIAL", 16 * part));
    }
  }
  writer.block(`for (let input: usize = 0; input < ${4 * INPUT_WORDS}; input += 4)`, () => {
    const heads = messages.map((message) => takeInput(writer, message));
    round(writer, messages, heads);
  });
  writer.block(`for (let turn = 0; turn < ${EMPTY_ROUNDS}; turn++)`, () => {
    round(
      writer,
      messages,
      messages.map(({ head }) => [...head]),
    );
  });
  writer.block(`for (let turn = 0; turn < ${FINAL_TURNS}; turn++, at += 4)`, () => {
    finalTurn(writer, messages);
  });
  for (const message of messages) writeDigest(writer, message);
}

function readMessage(writer: FunctionWriter, { index, digest, head }: Message): void {
  const target = MESSAGE + MESSAGE_BYTES * index;
  for (const part of range(4)) {
    const words = reverseBytes32(writer, load(digest, 16 * part));
    writer.store("v128", "0", words, target + 16 * part);
  }
  writer.store("u32", "0", "0", target + 64);
  writer.store("u32", "0", "512", target + 68);
  writer.variables("u32", head, ["0", "0", "0", "0"]);
}

/** TIX: word 22 takes what the input displaces; four words are added to. @returns the new head */
function takeInput(writer: FunctionWriter, message: Message): string[] {
  const [head0, head1, head2 = "", head3 = ""] = message.head;
  const input = writer.u32(`load<u32>(input, ${MESSAGE + MESSAGE_BYTES * message.index})`);
  message.add(22, `${head0}`);
  message.set(0, input);
  message.add(8, input);
  const newHead1 = writer.u32(`${head1} ^ ${message.word(24)}`);
  message.set(1, newHead1);
  message.add(4, message.word(27));
  message.add(7, message.word(30));
  return [input, newHead1, head2, head3];
}

/** Four times: rotate by three, CMIX, Super-Mix. The window moves once for all four. */
function round(writer: FunctionWriter, messages: readonly Message[], heads: string[][]): void {
  writer.line(`at -= ${4 * WORDS_PER_ROUND};`);
  const current = heads.map((head) => [...head]);
  for (const step of range(STEPS_PER_ROUND)) {
    const place = (word: number): number => WORDS_PER_ROUND - 3 * (step + 1) + word;
    for (const message of messages) {
      const [head0 = "", ...rest] = current[message.index] ?? [];
      const columns = rest.map((word, index) =>
        writer.u32(`${message.word(place(WORDS + index))} ^ ${word}`),
      );
      rest.forEach((word, index) => {
        message.add(place(18 + index), word);
      });
      const mixed = superMix(writer, [...columns, head0]);
      message.setFour(place(0), mixed);
      current[message.index] = range(4).map((lane) => message.lane(mixed, lane));
    }
  }
  for (const { index, head } of messages) writer.assign(head, current[index] ?? []);
}

/** Additions of word 0, and the rotation to the right before each Super-Mix of a final turn. */
const FINAL_STEPS = [
  { places: [4, 9, 18, 27], rotation: 9 },
  { places: [4, 10, 18, 27], rotation: 9 },
  { places: [4, 10, 19, 27], rotation: 9 },
  { places: [4, 10, 19, 28], rotation: 8 },
];

/** Rotations by 9, 9, 9 and 8 words are one by −1 together: the window slides up by one word. */
function finalTurn(writer: FunctionWriter, messages: readonly Message[]): void {
  const head = messages.map((message) => `${message.head[0]}`);
  let rotated = 0;
  for (const { places, rotation } of FINAL_STEPS) {
    for (const message of messages) {
      const before = (place: number): number => (place + WORDS - rotated) % WORDS;
      const after = (place: number): number => (before(place) + WORDS - rotation) % WORDS;
      for (const place of places) message.add(before(place), `${head[message.index]}`);
      const mixed = superMix(
        writer,
        range(4).map((column) => message.word(after(column))),
      );
      message.setFour(after(0), mixed);
      head[message.index] = message.lane(mixed, 0);
    }
    rotated += rotation;
  }
  for (const message of messages) {
    message.set(WORDS, message.word(0));
    writer.line(`${message.head[0]} = ${head[message.index]};`);
  }
}

/** Word 0 is added a last time; the digest is words 1 to 4, 9 to 12, 18 to 21, 27 to 30. */
function writeDigest(writer: FunctionWriter, message: Message): void {
  for (const place of [4, 9, 18, 27]) message.add(place, `${message.head[0]}`);
  for (const [part, place] of [1, 9, 18, 27].entries()) {
    const words = reverseBytes32(writer, load("at", message.offset(place)));
    writer.store("v128", message.digest, words, 16 * part);
  }
}
