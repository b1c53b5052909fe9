/**
 * Groestl-512 of 64 bytes. The state is sixteen columns of eight bytes, a `u64` each, row 0 in the
 * low byte; SubBytes and MixBytes of a byte are one look-up in a table for its row.
 * @source "Groestl, a SHA-3 candidate", Gauravaram, Knudsen et al., version of 2011 (final round):
 *   permutations P and Q of 1,024 bits, compression, output transformation, initial value, padding
 * @module
 */
import { multiple } from "./galois.ts";
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { literal, range } from "./words.ts";

const ROUNDS = 14;
const TABLE_BYTES = 2048;

/** MixBytes: the first row of its circulant matrix. */
const MIX = [2, 2, 3, 4, 5, 3, 5, 7];

const STATE = LAYOUT.SCRATCH;
const OTHER_STATE = LAYOUT.SCRATCH_B;
const HALF_WAY = LAYOUT.SCRATCH_B + 256;

/** The length of the digest in bits, 512, as a big-endian number in the last two bytes. */
const INITIAL_LAST = literal(2n << 48n);

/** Words 8 to 15 of the padded message: a one, zeros, the number of blocks. */
const PADDING = [0x80n, 0n, 0n, 0n, 0n, 0n, 0n, 1n << 56n];

interface Permutation {
  readonly name: string;
  /** ShiftBytes, by row. */
  readonly shifts: readonly number[];
  /** AddRoundConstant: a column with the constant of its round. */
  readonly addConstant: (value: string, column: number, round: string) => string;
}

const PERMUTATIONS: readonly Permutation[] = [
  {
    name: "permuteP",
    shifts: [0, 1, 2, 3, 4, 5, 6, 11],
    addConstant: (value, column, round) => `${value} ^ (${round} | ${16 * column})`,
  },
  {
    name: "permuteQ",
    shifts: [1, 3, 5, 11, 0, 2, 4, 6],
    addConstant: (value, column, round) => `${value} ^ ~((${round} | ${16 * column}) << 56)`,
  },
];

export function generate(): string {
  const source = new SourceWriter();
  source.line('import { S_BOX, double } from "./galois.generated";');
  source.function("prepareGroestl()", buildTables);
  for (const permutation of PERMUTATIONS) {
    source.function(`${permutation.name}(state: usize)`, (writer) => permute(writer, permutation));
  }
  source.function("groestl(digest: usize)", hash);
  return source.text();
}

function buildTables(writer: FunctionWriter): void {
  writer.block("for (let a: usize = 0; a < 256; a++)", () => {
    writer.line("const s = <u64>load<u8>(S_BOX + a);");
    writer.line("const s2 = <u64>double(<u32>s), s4 = <u64>double(<u32>s2);");
    const bytes = range(8).map((row) => `(${multiple(MIX[(8 - row) % 8] ?? 0)} << ${8 * row})`);
    writer.line(`const column = ${bytes.join(" | ")};`);
    for (const row of range(8)) {
      const offset = LAYOUT.GROESTL_TABLES + TABLE_BYTES * row;
      writer.store("u64", "a << 3", `rotl(column, ${8 * row})`, offset);
    }
  });
}

/**
 * The state is in memory, read byte by byte: four instructions a look-up against seven with shifts
 * of registers. The constant of a round is added at the end of the one before.
 */
function permute(writer: FunctionWriter, permutation: Permutation): void {
  const addConstantInPlace = (round: number): void => {
    for (const column of range(16)) {
      const value = `load<u64>(state, ${8 * column})`;
      const sum = permutation.addConstant(value, column, `<u64>${round}`);
      writer.store("u64", "state", sum, 8 * column);
    }
  };
  addConstantInPlace(0);
  writer.block(`for (let round: u64 = 1; round <= ${ROUNDS - 1}; round += 2)`, () => {
    const inState = { address: "state", offset: 0 };
    const halfWay = { address: "0", offset: HALF_WAY };
    permuteOnce(writer, permutation, { from: inState, to: halfWay, nextRound: "round" });
    permuteOnce(writer, permutation, { from: halfWay, to: inState, nextRound: "(round + 1)" });
  });
  // The last turn has added the constant of a round that does not follow: once more takes it off.
  addConstantInPlace(ROUNDS);
}

interface Move {
  readonly from: { readonly address: string; readonly offset: number };
  readonly to: { readonly address: string; readonly offset: number };
  readonly nextRound: string;
}

/**
 * A column is stored between the loads of the next one and their xors. Without a store there V8
 * makes each load part of its xor, and still emits the load, because it could trap: twice the
 * loads.
 */
function permuteOnce(writer: FunctionWriter, permutation: Permutation, move: Move): void {
  const { from, to, nextRound } = move;
  let previous: string | undefined;
  for (const column of range(16)) {
    const terms = permutation.shifts.map((shift, row) => {
      const byte = `load<u8>(${from.address}, ${from.offset + 8 * ((column + shift) % 16) + row})`;
      const table = LAYOUT.GROESTL_TABLES + TABLE_BYTES * row;
      return writer.u64(`load<u64>(<usize>${byte} << 3, ${table})`);
    });
    if (previous !== undefined) {
      writer.store("u64", to.address, previous, to.offset + 8 * (column - 1));
    }
    previous = writer.u64(permutation.addConstant(terms.join(" ^ "), column, nextRound));
  }
  writer.store("u64", to.address, `${previous}`, to.offset + 8 * 15);
}

/** h = P(iv ^ m) ^ Q(m) ^ iv; the digest is the second half of P(h) ^ h. */
function hash(writer: FunctionWriter): void {
  const words = range(8).map((index) => writer.u64(`load<u64>(digest, ${8 * index})`));
  const withInitial = (word: string, index: number): string =>
    index === 15 ? `${word} ^ ${INITIAL_LAST}` : word;
  [...words, ...PADDING.map(literal)].forEach((word, index) => {
    writer.store("u64", "0", word, OTHER_STATE + 8 * index);
    writer.store("u64", "0", withInitial(word, index), STATE + 8 * index);
  });
  writer.line(`permuteP(${STATE});`);
  writer.line(`permuteQ(${OTHER_STATE});`);
  const chained = range(16).map((index) => {
    const sum = `load<u64>(${STATE + 8 * index}) ^ load<u64>(${OTHER_STATE + 8 * index})`;
    return writer.u64(withInitial(sum, index));
  });
  chained.forEach((word, index) => {
    writer.store("u64", "0", word, STATE + 8 * index);
  });
  writer.line(`permuteP(${STATE});`);
  for (const index of range(8)) {
    const word = `${chained[8 + index]} ^ load<u64>(${STATE + 64 + 8 * index})`;
    writer.store("u64", "digest", word, 8 * index);
  }
}
