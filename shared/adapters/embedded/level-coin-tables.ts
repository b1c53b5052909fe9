import { crc32 } from "node:zlib";
import { ClassicLevel } from "classic-level";
import type { CoinItem } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { CHECKSUM_BYTES, COIN, CoinRows, coinRowKey, seal } from "./coin-row.ts";
import { storeFault, storeFaultOf } from "./store-fault-of.ts";

/** The format this version of the coin store writes and reads. */
export const COIN_FORMAT = 1;

/** First byte of every key: what lies under it. */
const KIND = { format: 0x01, tip: 0x02, totals: 0x03, generation: 0x04, frozen: 0x10 } as const;
const JOURNAL = 0x20;

/** A consistent picture of the store as it was when it was taken. */
export type CoinSnapshot = ReturnType<ClassicLevel<Uint8Array, Uint8Array>["snapshot"]>;

/** Writes that happen together or not at all. */
export interface CoinBatch {
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** The row of an item; `undefined` where it is to go. */
  setItem(generation: number, key: CoinKey, item: CoinItem | undefined): void;
  /** Atomic, and on disk when it resolves. */
  write(): Promise<void>;
}

/** Key of the version of the store's form. */
export const FORMAT_KEY = Uint8Array.of(KIND.format);
/** Key of the flushed tip. */
export const TIP_KEY = Uint8Array.of(KIND.tip);
/** Key of the totals at the flushed tip; no row where nobody counted them. */
export const TOTALS_KEY = Uint8Array.of(KIND.totals);
/** Key of the highest generation that was ever made. */
export const GENERATION_KEY = Uint8Array.of(KIND.generation);

function withNumber(kind: number, value: number, size: number): Uint8Array {
  const key = new Uint8Array(size);
  key[0] = kind;
  key[1] = value >>> 24;
  key[2] = value >>> 16;
  key[3] = value >>> 8;
  key[4] = value;
  return key;
}

/** Key of one group of the frozen index. */
export function frozenKey(group: number): Uint8Array {
  return withNumber(KIND.frozen, group, 5);
}

/** Which block a journal is of. */
export interface JournalName {
  readonly gen: number;
  readonly height: number;
  readonly hash: HashHex;
}

/** Key of a block's journal. */
export function journalKey({ gen, height, hash }: JournalName): Uint8Array {
  const key = withNumber(JOURNAL, gen, 41);
  new DataView(key.buffer).setUint32(5, height, false);
  key.set(fromHashHex(hash), 9);
  return key;
}

/** The block that a journal's key names. */
export function journalNameOf(key: Uint8Array): JournalName {
  const view = new DataView(key.buffer, key.byteOffset);
  const hash = toHashHex(Uint8Array.from(key.subarray(9)) as ReturnType<typeof fromHashHex>);
  return { gen: view.getUint32(1, false), height: view.getUint32(5, false), hash };
}

/** Half-open ranges of keys. */
export interface KeyRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

/** Every journal. */
export const JOURNALS: KeyRange = { gte: Uint8Array.of(JOURNAL), lt: Uint8Array.of(JOURNAL + 1) };

/** Every coin of generations `from` to `to`, both included. */
export function coinRange(from: number, to: number): KeyRange {
  return { gte: withNumber(COIN, from, 5), lt: withNumber(COIN, to + 1, 5) };
}

/** Every item of one transaction. */
export function transactionRange(generation: number, first: CoinKey, last: CoinKey): KeyRange {
  const end = coinRowKey(generation, last);
  return { gte: coinRowKey(generation, first), lt: Uint8Array.of(...end, 0) };
}

/** One LevelDB folder, with checksums, plain bytes and faults an operator can act on. */
export class LevelCoinTables implements AsyncDisposable {
  readonly folder: string;
  readonly #db: ClassicLevel<Uint8Array, Uint8Array>;
  #spareRows: CoinRows | undefined;

  private constructor(folder: string, db: ClassicLevel<Uint8Array, Uint8Array>) {
    this.folder = folder;
    this.#db = db;
  }

  /** @throws StoreFault when the folder is held, not writable, full, damaged or too new */
  static async open(folder: string): Promise<LevelCoinTables> {
    const db = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: "view",
      valueEncoding: "view",
      // Hashes do not compress.
      compression: false,
      writeBufferSize: 16 * 1_048_576,
      cacheSize: 16 * 1_048_576,
    });
    try {
      await db.open();
    } catch (cause) {
      throw storeFaultOf(cause, folder, "opening the coins");
    }
    const tables = new LevelCoinTables(folder, db);
    try {
      await tables.#checkFormat();
    } catch (cause) {
      await db.close();
      throw cause;
    }
    return tables;
  }

  /** @returns plain bytes of the caller; `undefined` where nothing lies */
  read(key: Uint8Array): Uint8Array | undefined {
    let sealed: Uint8Array | undefined;
    try {
      // Synchronous: the way through the thread pool costs several times what the read does.
      sealed = this.#db.getSync(key);
    } catch (cause) {
      throw storeFaultOf(cause, this.folder, "reading the coins");
    }
    return sealed === undefined ? undefined : this.#unseal(key, sealed);
  }

  /** Rows in order of their keys. */
  async *rows(
    range: KeyRange,
    snapshot?: CoinSnapshot,
  ): AsyncGenerator<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    const options = snapshot === undefined ? range : { ...range, snapshot };
    const iterator = this.#db.iterator({ ...options, fillCache: false });
    try {
      for (;;) {
        const rows = await iterator.nextv(1_000);
        if (rows.length === 0) return;
        for (const [row, sealed] of rows) {
          const key = new Uint8Array(row.buffer, row.byteOffset, row.length);
          yield { key, value: this.#unseal(key, sealed) };
        }
      }
    } catch (cause) {
      throw storeFaultOf(cause, this.folder, "reading the coins");
    } finally {
      await iterator.close();
    }
  }

  snapshot(): CoinSnapshot {
    return this.#db.snapshot();
  }

  batch(): CoinBatch {
    const batch = this.#db.batch();
    let rows: CoinRows | undefined;
    return {
      put: (key, value) => void batch.put(key, seal(key, value)),
      delete: (key) => void batch.del(key),
      setItem: (generation, key, item) => {
        rows ??= this.#takeRows();
        rows.add(batch, generation, key, item);
      },
      write: async () => {
        rows?.handOver(batch);
        this.#spareRows = rows ?? this.#spareRows;
        try {
          await batch.write({ sync: true });
        } catch (cause) {
          throw storeFaultOf(cause, this.folder, "writing the coins");
        }
      },
    };
  }

  /** Memory for rows: that of an earlier batch, if there was one. */
  #takeRows(): CoinRows {
    const rows = this.#spareRows ?? new CoinRows();
    this.#spareRows = undefined;
    return rows;
  }

  async clear(range: KeyRange): Promise<void> {
    try {
      await this.#db.clear(range);
    } catch (cause) {
      throw storeFaultOf(cause, this.folder, "clearing old coins");
    }
  }

  /** A row that its checksum covers, but that makes no sense all the same. */
  damaged(key: Uint8Array, cause?: unknown): Error {
    return storeFault(
      "EXOS-E1004",
      `row ${Buffer.from(key).toString("hex")} of ${this.folder}`,
      cause,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.close();
  }

  #unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
    if (sealed.length < CHECKSUM_BYTES) throw this.damaged(key);
    // A plain view: LevelDB hands out a Buffer, whose `slice` is not a copy.
    const start = sealed.byteOffset + CHECKSUM_BYTES;
    const value = new Uint8Array(sealed.buffer, start, sealed.length - CHECKSUM_BYTES);
    const sum = new DataView(sealed.buffer, sealed.byteOffset).getUint32(0, true);
    if (sum !== crc32(value, crc32(key))) throw this.damaged(key);
    return value;
  }

  async #checkFormat(): Promise<void> {
    const found = this.read(FORMAT_KEY);
    if (found === undefined) {
      const batch = this.batch();
      batch.put(FORMAT_KEY, Uint8Array.of(COIN_FORMAT));
      await batch.write();
      return;
    }
    const format = found[0] ?? 0;
    if (format === COIN_FORMAT) return;
    const code = format > COIN_FORMAT ? "EXOS-E1005" : "EXOS-E1006";
    throw storeFault(code, `${this.folder} has format ${format}, this version ${COIN_FORMAT}`);
  }
}
