/**
 * SHAvite-3-512 of 64 bytes: one block through C512, fourteen rounds, two in each turn of the loop.
 * @source "The SHAvite-3 Hash Function", Biham, Dunkelman, 2009, tweaked for the second round:
 *   C512, its round function, message expansion with the new counters, padding, initial value
 * @module
 */
import { aesRound, xorColumns } from "./aes.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { hexWords, range } from "./words.ts";

const TURNS = 7;
const MESSAGE_BITS = 512;
const INVERTED_ZERO = 0xffffffff;

const INITIAL = hexWords(`
  72fccdd8 79ca4727 128a077b 40d55aec d1901a06 430ae307 b29f5cd1 df07fbfc
  8e45d73d 681ab538 bde86578 dd577e47 e275eade 502d9fcd b9357178 022a4b9a`);

/** Words of the block that padding, counter and digest length make up; the others are zero. */
const PADDING = new Map([
  [16, 0x80],
  [27, 0x02000000],
  [31, 0x02000000],
]);

/**
 * Where the counter of 128 bits, 512 here, enters the expansion: the turn, the place of four words
 * among those that can take it, and its words in an order of their own, one of them inverted.
 */
const COUNTERS = [
  { turn: 0, place: 0, words: [MESSAGE_BITS, 0, 0, INVERTED_ZERO] },
  { turn: 2, place: 1, words: [0, 0, 0, ~MESSAGE_BITS >>> 0] },
  { turn: 4, place: 3, words: [0, 0, MESSAGE_BITS, INVERTED_ZERO] },
  { turn: 6, place: 2, words: [0, MESSAGE_BITS, 0, INVERTED_ZERO] },
];

/** Which of the eight groups of round-key words stand at the places 0 to 3 of the counter. */
const COUNTER_GROUPS = [0, 1, 6, 7];

function counterTable(): number[] {
  const table = Array<number>(16 * TURNS).fill(0);
  for (const { turn, place, words } of COUNTERS) table.splice(16 * turn + 4 * place, 4, ...words);
  return table;
}

/** Four words: a quarter of the state, or the key of one AES round. */
type Columns = readonly string[];

const groups = (words: readonly string[]): Columns[] =>
  range(words.length / 4).map((index) => words.slice(4 * index, 4 * index + 4));

export function generate(): string {
  const source = new SourceWriter();
  source.table("COUNTERS", "u32", counterTable());
  source.function("shavite(digest: usize)", hash);
  return source.text();
}

function hash(writer: FunctionWriter): void {
  const keys = range(32).map((index) => `k${index}`);
  const state = range(16).map((index) => `p${index}`);
  const block = keys.map((_, index) =>
    index < 16 ? `<u64>load<u32>(digest, ${4 * index})` : `${PADDING.get(index) ?? 0}`,
  );
  writer.variables("u64", keys, block);
  writer.variables("u64", state, INITIAL.map(String));
  writer.block(`for (let turn: usize = 0; turn < ${64 * TURNS}; turn += 64)`, () => {
    const first = feistelRound(writer, groups(state), groups(keys));
    const nonlinear = expandNonlinearly(writer, groups(keys));
    const second = feistelRound(writer, first, nonlinear);
    const linear = expandLinearly(writer, nonlinear);
    writer.assign(keys, linear.flat());
    writer.assign(state, second.flat());
  });
  state.forEach((word, index) => {
    writer.store("u32", "digest", `<u32>${word} ^ ${INITIAL[index]}`, 4 * index);
  });
}

/** Two functions of four AES rounds each; then the quarters of the state move on by one. */
function feistelRound(writer: FunctionWriter, state: Columns[], keys: Columns[]): Columns[] {
  const [p0 = [], p1 = [], p2 = [], p3 = []] = state;
  let [a, b] = [xorColumns(writer, p1, keys[0] ?? []), xorColumns(writer, p3, keys[4] ?? [])];
  for (const index of [1, 2, 3]) {
    a = aesRound(writer, a, keys[index]);
    b = aesRound(writer, b, keys[4 + index]);
  }
  return [p3, aesRound(writer, a, p0), p1, aesRound(writer, b, p2)];
}

/** Each group: an AES round of the old one, turned by a word, plus the new one before it. */
function expandNonlinearly(writer: FunctionWriter, keys: Columns[]): Columns[] {
  const result: Columns[] = [];
  keys.forEach(([k0 = "", k1 = "", k2 = "", k3 = ""], index) => {
    const before = result[index - 1] ?? keys[7] ?? [];
    const place = COUNTER_GROUPS.indexOf(index);
    const counted = before.map((word, column) =>
      place < 0 ? word : `${word} ^ <u64>load<u32>(COUNTERS + turn, ${16 * place + 4 * column})`,
    );
    result.push(aesRound(writer, [k1, k2, k3, k0], counted));
  });
  return result;
}

/** Each word plus the one seven words before it, old or new. */
function expandLinearly(writer: FunctionWriter, keys: Columns[]): Columns[] {
  const result: Columns[] = [];
  keys.forEach((group, index) => {
    const [, a1 = "", a2 = "", a3 = ""] = result[index - 2] ?? keys[6 + index] ?? [];
    const [b0 = ""] = result[index - 1] ?? keys[7] ?? [];
    result.push(xorColumns(writer, group, [a1, a2, a3, b0]));
  });
  return result;
}
