import { rm } from "node:fs/promises";
import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { OutputFact } from "#shared/ports/address-index.ts";
import { amount } from "#shared/primitives/brand.ts";
import { toHex } from "#shared/primitives/hex.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import { LevelTables, type ValueCodec } from "./level-tables.ts";

type Output = Pick<OutputFact, "value" | "scriptPubKey">;

/** Outputs by their outpoint, as many as the disk holds. */
export interface DiskOutputs extends AsyncDisposable {
  get(outpoint: Outpoint): Output | undefined;
  set(outpoint: Outpoint, output: Output): void;
  delete(outpoint: Outpoint): void;
  /** Write what waits, if it is much. */
  spill(): Promise<void>;
}

const PREFIX = "01";
const CODEC: ValueCodec<Output> = {
  encode: ({ value, scriptPubKey }) => new Writer().u64(value).bytes(scriptPubKey).finish(),
  decode(bytes) {
    const reader = new Reader(bytes);
    const value = amount(reader.i64());
    return { value, scriptPubKey: reader.take(reader.left).slice() };
  },
  sizeOf: ({ scriptPubKey }) => 8 + scriptPubKey.length,
};

/**
 * Where outputs are kept while a chain is read once from genesis: empty at first, and gone afterwards.
 *
 * @param folder of its own
 * @throws StoreFault when the folder is held, not writable, full or damaged
 */
export async function openDiskOutputs(folder: string): Promise<DiskOutputs> {
  const clear = () => rm(folder, { recursive: true, force: true });
  await clear();
  const tables = await LevelTables.open(folder);
  const table = tables.table(PREFIX, CODEC);
  const keyOf = ({ txid, index }: Outpoint) => toHex(txid) + index.toString(16).padStart(8, "0");
  return {
    get: (outpoint) => table.get(keyOf(outpoint)),
    set: (outpoint, output) => table.set(keyOf(outpoint), output),
    delete: (outpoint) => table.delete(keyOf(outpoint)),
    spill: () => tables.spill(),
    async [Symbol.asyncDispose]() {
      await tables[Symbol.asyncDispose]();
      await clear();
    },
  };
}
