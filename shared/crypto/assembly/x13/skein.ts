/**
 * Skein-512-512 of 64 bytes: one message block, one output block, chained by Threefish-512.
 * @source "The Skein Hash Function Family", Ferguson, Lucks, Schneier et al., version 1.3:
 *   Threefish, UBI, simple hashing, configuration string
 * @module
 */
import assert from "node:assert/strict";
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { add64, literal, range, rotateLeft64 } from "./words.ts";

const SUBKEYS = 19;

/** R: the rotations of the four mixes of a round, by the round's number modulo eight. */
const ROTATIONS = [
  [46, 36, 19, 37],
  [33, 27, 14, 42],
  [17, 49, 36, 39],
  [44, 9, 54, 56],
  [39, 30, 34, 24],
  [13, 50, 10, 17],
  [25, 29, 39, 43],
  [8, 35, 56, 22],
];

/** π: which word comes to each place after a round. */
const PERMUTATION = [2, 1, 4, 7, 6, 5, 0, 3];

/** C240 of the version 1.3. */
const KEY_PARITY = 0x1bd11bdaa9fc1a22n;

/** Tweaks: type in bits 56 to 61, with the flags "first" (62) and "final" (63). */
const CONFIGURATION_TWEAK = 0xc4n << 56n;
const MESSAGE_TWEAK = 0xf0n << 56n;
const OUTPUT_TWEAK = 0xffn << 56n;

/** Threefish is run on numbers, for the initial value, and on expressions, for the module. */
interface Arithmetic<Word> {
  readonly sum: (terms: readonly Word[]) => Word;
  /** A word rotated to the left, then xored. */
  readonly mix: (word: Word, bits: number, other: Word) => Word;
  readonly number: (value: number) => Word;
}

interface Cipher<Word> {
  /** Nine words: the last is the parity. */
  readonly key: readonly Word[];
  /** Three words: the last is the sum of the others. */
  readonly tweak: readonly Word[];
  readonly block: readonly Word[];
}

const NUMBERS: Arithmetic<bigint> = {
  sum: (terms) => terms.reduce(add64),
  mix: (word, bits, other) => rotateLeft64(word, bits) ^ other,
  number: BigInt,
};

const expressions = (writer: FunctionWriter): Arithmetic<string> => ({
  sum: (terms) => writer.u64(terms.join(" + ")),
  mix: (word, bits, other) => writer.u64(`rotl(${word}, ${bits}) ^ ${other}`),
  number: String,
});

function encrypt<Word>(arithmetic: Arithmetic<Word>, { key, tweak, block }: Cipher<Word>): Word[] {
  const pick = (words: readonly Word[], index: number): Word => {
    const word = words[index % words.length];
    assert(word !== undefined);
    return word;
  };
  const subkeyWord = (subkey: number, index: number): Word[] => [
    pick(key, subkey + index),
    ...(index === 5 || index === 6 ? [pick(tweak, subkey + index - 5)] : []),
    ...(index === 7 && subkey > 0 ? [arithmetic.number(subkey)] : []),
  ];
  let state = [...block];
  for (const subkey of range(SUBKEYS)) {
    state = state.map((word, index) => arithmetic.sum([word, ...subkeyWord(subkey, index)]));
    if (subkey === SUBKEYS - 1) break;
    for (const round of range(4)) {
      const rotations = ROTATIONS[(4 * subkey + round) % 8] ?? [];
      const mixed = rotations.flatMap((bits, pair) => {
        const sum = arithmetic.sum([pick(state, 2 * pair), pick(state, 2 * pair + 1)]);
        return [sum, arithmetic.mix(pick(state, 2 * pair + 1), bits, sum)];
      });
      state = PERMUTATION.map((from) => pick(mixed, from));
    }
  }
  return state;
}

/** The chaining value after the configuration block: "SHA3", version 1, 512 bits of output. */
function initialValue(): bigint[] {
  const block = [0x133414853n, 512n, 0n, 0n, 0n, 0n, 0n, 0n];
  const key = [...Array<bigint>(8).fill(0n), KEY_PARITY];
  const tweak = [32n, CONFIGURATION_TWEAK, 32n ^ CONFIGURATION_TWEAK];
  return encrypt(NUMBERS, { key, tweak, block }).map((word, i) => word ^ (block[i] ?? 0n));
}

export function generate(): string {
  const initial = initialValue();
  assert.equal(initial[0], 0x4903adff749c51cen);
  const source = new SourceWriter();
  source.zeros("ZEROS", 64);
  source.table("INITIAL", "u64", initial);
  source.function(
    "threefish(keyAt: usize, blockAt: usize, resultAt: usize, tweak0: u64, tweak1: u64)",
    chain,
  );
  source.function("skein(digest: usize)", (writer) => {
    const chained = LAYOUT.SCRATCH;
    writer.line(`threefish(INITIAL, digest, ${chained}, 64, ${literal(MESSAGE_TWEAK)});`);
    writer.line(`threefish(${chained}, ZEROS, digest, 8, ${literal(OUTPUT_TWEAK)});`);
  });
  return source.text();
}

/** UBI of one block: encrypted, then xored with itself. */
function chain(writer: FunctionWriter): void {
  const key = range(8).map((index) => writer.u64(`load<u64>(keyAt, ${8 * index})`));
  const block = range(8).map((index) => writer.u64(`load<u64>(blockAt, ${8 * index})`));
  key.push(writer.u64([...key, literal(KEY_PARITY)].join(" ^ ")));
  const tweak = ["tweak0", "tweak1", writer.u64("tweak0 ^ tweak1")];
  encrypt(expressions(writer), { key, tweak, block }).forEach((word, index) => {
    writer.store("u64", "resultAt", `${word} ^ ${block[index]}`, 8 * index);
  });
}
