/**
 * Rounds of AES by table look-up, for SHAvite-3 and ECHO. A state is four columns, each a word
 * whose low byte is row 0; a table for each row gives what its byte contributes to a column.
 *
 * Columns are `u64` with a zero upper half: of a 32-bit load that is an operand of a 32-bit xor, V8
 * makes part of the xor and emits the load as well, since it could trap; so every look-up would
 * load twice. A zero-extended load it leaves alone (ECHO: 11 % less).
 * @source FIPS 197, 5.1: SubBytes, ShiftRows, MixColumns, AddRoundKey
 * @module
 */
import { LAYOUT } from "./memory-layout.ts";
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { range } from "./words.ts";

const TABLE_BYTES = 1024;

/** `prepareAes`: build the tables. MixColumns has the column 2, 1, 1, 3 for row 0. */
export function generate(): string {
  const source = new SourceWriter();
  source.line('import { S_BOX, double } from "./galois.generated";');
  source.function("prepareAes()", (writer) => {
    writer.block("for (let a: usize = 0; a < 256; a++)", () => {
      writer.line("const s = <u32>load<u8>(S_BOX + a), s2 = double(s);");
      writer.line("const column = s2 | (s << 8) | (s << 16) | ((s2 ^ s) << 24);");
      for (const row of range(4)) {
        const offset = LAYOUT.AES_TABLES + TABLE_BYTES * row;
        writer.store("u32", "a << 2", `rotl(column, ${8 * row})`, offset);
      }
    });
  });
  return source.text();
}

/** One round on columns in variables. A key of `undefined` is zero. */
export function aesRound(
  writer: FunctionWriter,
  state: readonly string[],
  key?: readonly (string | undefined)[],
): string[] {
  return columns(writer, key, (column, row) => {
    const byteTimes4 = row === 0 ? "<< 2" : `>> ${8 * row - 2}`;
    return `<usize>((<u32>${state[column]} ${byteTimes4}) & 0x3fc)`;
  });
}

/**
 * One round on a state in memory, whose bytes are read one by one: fewer instructions than shifts.
 */
export function aesRoundInMemory(
  writer: FunctionWriter,
  state: { readonly address: string; readonly offset: number },
  key: readonly string[],
): string[] {
  return columns(writer, key, (column, row) => {
    const offset = state.offset + 4 * column + row;
    return `<usize>load<u8>(${state.address}, ${offset}) << 2`;
  });
}

/** ShiftRows: row r of a column comes from the column r places further. */
function columns(
  writer: FunctionWriter,
  key: readonly (string | undefined)[] | undefined,
  index: (column: number, row: number) => string,
): string[] {
  return range(4).map((column) => {
    const terms = range(4).map((row) => {
      const table = LAYOUT.AES_TABLES + TABLE_BYTES * row;
      return `<u64>load<u32>(${index((column + row) % 4, row)}, ${table})`;
    });
    const word = key?.[column];
    return writer.u64([...terms, ...(word === undefined ? [] : [word])].join(" ^ "));
  });
}

/** Exclusive or of two rows of columns, named. */
export const xorColumns = (
  writer: FunctionWriter,
  a: readonly string[],
  b: readonly string[],
): string[] => a.map((word, index) => writer.u64(`${word} ^ ${b[index]}`));
