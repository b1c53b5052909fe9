import type { IndexPoint } from "#shared/ports/address-index.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Cursors } from "#shared/ports/cursors.ts";
import { type Hash256, type HashHex, height, type UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { bytesOf, numberOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { type IndexChain, readIndexChain } from "./index-chain.ts";
import { BASE_KEY } from "./index-keys.ts";
import type { IndexTables } from "./index-tables.ts";

/** What an index on DynamoDB stands on: its own tables, and the stores that hold what it need not. */
export interface IndexStores {
  readonly tables: IndexTables;
  readonly cursors: Cursors;
  /** Which chain is ours, what outputs were, and who marked them spent. */
  readonly coins: Pick<CoinStore, "tip" | "frozen" | "read" | "readTransaction">;
  readonly blocks: Pick<BlockStore, "get">;
  /** The height of a block by its hash, on whichever branch. @returns `undefined` for an unknown one */
  readonly heightOf: (hash: HashHex) => Promise<number | undefined>;
  readonly wire: WireFormat;
  /** Ends a look through a long history. */
  readonly clock: Pick<Clock, "elapsedMs">;
}

/** One table of facts, and where its history begins. */
export interface IndexTable {
  readonly generation: number;
  readonly table: DynamoTable;
  /** `undefined`: genesis. */
  readonly base: IndexPoint | undefined;
}

/** A table that is being filled and that no reader sees before it is followed. */
export interface IndexDraft extends IndexTable {
  /** Time of the first block; 0 without one. */
  readonly baseTime: UnixSeconds;
  /** Transactions whose coins were seeded so far. */
  seeded: number;
}

/** What is asked of the index at one moment. */
export interface IndexView extends IndexTable {
  readonly chain: IndexChain;
}

/** Finds the table and the chain that answers speak of. */
export class IndexSession {
  readonly stores: IndexStores;
  /** Of this process alone. */
  draft: IndexDraft | undefined;
  readonly #bases = new Map<number, IndexPoint | undefined>();

  constructor(stores: IndexStores) {
    this.stores = stores;
  }

  /** The follower's cursor; `undefined` before the first block was followed. */
  async cursor(): Promise<IndexPoint | undefined> {
    if (this.draft !== undefined) return undefined;
    const cursor = await this.stores.cursors.get("index");
    return cursor === undefined ? undefined : { height: cursor.height, hash: cursor.hash };
  }

  /** Where facts are written: the draft, or the table that the cursor names. */
  async target(): Promise<IndexTable> {
    if (this.draft !== undefined) return this.draft;
    const cursor = await this.stores.cursors.get("index");
    return this.#open(cursor?.generation ?? 0);
  }

  /** @returns `undefined` before the first block was followed */
  async view(): Promise<IndexView | undefined> {
    if (this.draft !== undefined) return undefined;
    const { cursors, coins } = this.stores;
    const cursor = await cursors.get("index");
    if (cursor === undefined) return undefined;
    const opened = await this.#open(cursor.generation);
    const at = { height: cursor.height, hash: cursor.hash };
    const source = { table: opened.table, coins };
    return { ...opened, chain: await readIndexChain(at, opened.base?.height ?? 0, source) };
  }

  async #open(generation: number): Promise<IndexTable> {
    const table = this.stores.tables.open(generation);
    if (!this.#bases.has(generation)) {
      const item = await table.get(BASE_KEY);
      // Written before anybody follows, and never again.
      this.#bases.set(generation, item === undefined ? undefined : decodeBase(item));
    }
    return { generation, table, base: this.#bases.get(generation) };
  }
}

function decodeBase(item: NonNullable<Awaited<ReturnType<DynamoTable["get"]>>>): IndexPoint {
  // Thirty-two bytes that `begin` has written.
  return { height: height(numberOf(item, "h")), hash: toHashHex(bytesOf(item, "hash") as Hash256) };
}
