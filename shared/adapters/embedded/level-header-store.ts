import { Reader } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { HeaderStore, HeaderTree, StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { createHeaderFacts, type FactSet, type FactTable } from "./header-facts.ts";
import { type LevelTable, LevelTables, type ValueCodec } from "./level-tables.ts";
import { storedHeaderCodec } from "./stored-header-codec.ts";

/** A store that holds its folder until it is disposed of. */
export interface LevelHeaderStore extends HeaderStore, HeaderTree, AsyncDisposable {
  /** Sync every fact so far to disk. Called after the blocks' flush, before the coin store's. */
  flush(): Promise<void>;
}

/** Prefixes of the tables. */
const HEADERS = "01";
const CHILDREN = "02";
const LEAVES = "03";
const CANDIDATES = "04";

/** Decoded headers that are kept at hand, about one kibibyte each. */
const CACHED_HEADERS_MAX = 8_192;

const hashesCodec: ValueCodec<readonly HashHex[]> = {
  encode: (hashes) =>
    new Writer(33).list(hashes, (hash, writer) => writer.bytes(fromHashHex(hash))).finish(),
  decode: (bytes) => new Reader(bytes).list(32, (reader) => toHashHex(reader.hash())),
  sizeOf: (hashes) => 160 * hashes.length,
};

const workCodec: ValueCodec<bigint> = {
  encode: (work) => new TextEncoder().encode(work.toString(16)),
  decode: (bytes) => BigInt(`0x${new TextDecoder().decode(bytes)}`),
  sizeOf: () => 32,
};

/** Reads through a cache that forgets its oldest entry. */
function cached(table: LevelTable<StoredHeader>): FactTable<StoredHeader> {
  const cache = new Map<HashHex, StoredHeader>();
  function remember(hash: HashHex, header: StoredHeader): void {
    cache.set(hash, header);
    if (cache.size <= CACHED_HEADERS_MAX) return;
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      return;
    }
  }
  return {
    get(hash) {
      const known = cache.get(hash);
      if (known !== undefined) return known;
      const found = table.get(hash);
      if (found !== undefined) remember(hash, found);
      return found;
    },
    set(hash, header) {
      table.set(hash, header);
      remember(hash, header);
    },
  };
}

/** A small table that is held whole in memory as well. */
async function openSet(tables: LevelTables, prefix: string): Promise<FactSet<bigint>> {
  const table = tables.table(prefix, workCodec);
  const all = new Map<HashHex, bigint>();
  for (const key of (await tables.keys(prefix)) as HashHex[]) {
    const work = table.get(key);
    if (work !== undefined) all.set(key, work);
  }
  return {
    get: (hash) => all.get(hash),
    set(hash, work) {
      all.set(hash, work);
      table.set(hash, work);
    },
    delete(hash) {
      if (all.delete(hash)) table.delete(hash);
    },
    [Symbol.iterator]: () => all[Symbol.iterator](),
  };
}

/**
 * Headers and facts about them in LevelDB. Writes wait in memory up to two mebibytes; leaves and
 * candidates, which are few, are held in memory too.
 */
export async function openLevelHeaderStore(folder: string): Promise<LevelHeaderStore> {
  const tables = await LevelTables.open(folder);
  const headers = cached(tables.table(HEADERS, storedHeaderCodec));
  const facts = createHeaderFacts({
    headers,
    children: tables.table(CHILDREN, hashesCodec),
    leaves: await openSet(tables, LEAVES),
    candidates: await openSet(tables, CANDIDATES),
  });

  /** The same change, after which much that waits is written. */
  const spilling =
    <Input extends readonly unknown[]>(change: (...input: Input) => Promise<void>) =>
    async (...input: Input): Promise<void> => {
      await change(...input);
      await tables.spill();
    };

  return {
    ...facts,
    put: spilling(facts.put),
    setBodySize: spilling(facts.setBodySize),
    setChecked: spilling(facts.setChecked),
    setRejected: spilling(facts.setRejected),
    clearRejected: spilling(facts.clearRejected),
    setApplied: spilling(facts.setApplied),
    addCandidate: spilling(facts.addCandidate),
    dropCandidate: spilling(facts.dropCandidate),
    async clearApplied() {
      await tables.flush();
      for (const hash of (await tables.keys(HEADERS)) as HashHex[]) {
        const header = headers.get(hash);
        if (header !== undefined) {
          headers.set(hash, { ...header, applied: [], totals: undefined });
        }
        await tables.spill();
      }
    },
    flush: () => tables.flush(),
    [Symbol.asyncDispose]: () => tables[Symbol.asyncDispose](),
  };
}
