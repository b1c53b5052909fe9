import type { CoinItem, ItemMarks } from "#shared/coins/coin-item.ts";
import { decodeCoinItem } from "#shared/coins/coin-item-codec.ts";
import { type CoinKey, coinKeyOfChunk } from "#shared/coins/coin-key.ts";
import { isBaseMark } from "#shared/coins/mark.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import type { SetHashDialect } from "#shared/coins/set-hash.ts";
import type { SetTotals } from "#shared/coins/set-totals.ts";
import { checkTip, type NextTip, type Tip } from "#shared/coins/tip.ts";
import type { FrozenIndex, View } from "#shared/coins/view.ts";
import type { BufferedCoinStore, ScannedItem } from "#shared/ports/coin-store.ts";
import { generationGone } from "#shared/ports/generation-gone.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { CoinCache } from "./coin-cache.ts";
import { writeFlush } from "./coin-flush.ts";
import { type CoinJournals, journalKeysOf } from "./coin-journals.ts";
import { coinKeyOfRow, coinRowKey } from "./coin-row.ts";
import {
  advanceTotals,
  carryTotals,
  countTotals,
  type KnownTotals,
  type TotalsSource,
} from "./coin-totals.ts";
import { decodeHashes } from "./hash-list.ts";
import {
  coinRange,
  frozenKey,
  journalKey,
  LevelCoinTables,
  TOTALS_KEY,
  transactionRange,
} from "./level-coin-tables.ts";
import { withSpends } from "./open-spends.ts";
import { type CoinState, type Flushed, readCoinState } from "./read-coin-state.ts";

/** A coin store that holds its folder until it is disposed of; what was not flushed is lost then. */
export interface LevelCoinStore extends BufferedCoinStore, AsyncDisposable {
  /**
   * Totals at a block of the tip's chain that is not below `final`, as `RunningTotals.encode` makes
   * them: brought forward from such a block where they are known, else counted.
   *
   * @param to the tip cut back to the block
   */
  totalsAt(to: Tip, from: KnownTotals | undefined): Promise<Uint8Array>;
}

/** Where the coins lie, and how much memory they may take. */
export interface LevelCoinStoreOptions {
  readonly folder: string;
  readonly dialect: SetHashDialect;
  /** Memory for coins that are not on disk yet, and for those that were used. Default 64. */
  readonly cacheMebibytes?: number;
  /** Keys of blocks that are not final to hold in memory, which saves writes. Default 262,144. */
  readonly journalKeysMax?: number;
}

/** Frozen groups kept at hand: 64 heights each. */
const FROZEN_CACHED_MAX = 4_096;

/** About 40 MB: 131 full blocks of 1,000 spends and 1,000 new coins. Real blocks hold far less. */
const JOURNAL_KEYS_MAX = 262_144;

/**
 * Chain state in LevelDB, after cloud.md 4.4. Marks and commits change memory; `flush` writes what
 * changed, in one synced batch with the tip in it, without coins that are spent for ever.
 *
 * @throws StoreFault `EXOS-E1001` held by another process, `E1002` not writable, `E1003` disk full,
 *   `E1004` damaged, `E1005` or `E1006` of a version too new or too old
 */
export async function openLevelCoinStore(options: LevelCoinStoreOptions): Promise<LevelCoinStore> {
  const tables = await LevelCoinTables.open(options.folder);
  try {
    const state = await readCoinState(tables);
    return new CoinsInLevel(options, tables, state);
  } catch (cause) {
    await tables[Symbol.asyncDispose]();
    throw cause;
  }
}

class CoinsInLevel implements LevelCoinStore {
  readonly #dialect: SetHashDialect;
  readonly #cacheBytesMax: number;
  readonly #journalKeysMax: number;
  readonly #tables: LevelCoinTables;
  readonly #journals: CoinJournals;
  readonly #caches = new Map<number, CoinCache>();
  readonly #frozenIndex: FrozenIndex = { get: (group) => this.#frozenHashes(group) };
  readonly #frozenRead = new Map<number, readonly HashHex[]>();
  readonly #frozenPending = new Map<number, readonly HashHex[]>();
  #generationMax: number;
  #tip: Tip | undefined;
  #flushed: Flushed | undefined;
  /** Height up to which a flush drops what is spent. */
  #dropped = 0;
  #lastFlush: Promise<void> = Promise.resolve();
  #isFlushing = false;

  constructor(options: LevelCoinStoreOptions, tables: LevelCoinTables, state: CoinState) {
    this.#dialect = options.dialect;
    this.#cacheBytesMax = (options.cacheMebibytes ?? 64) * 1_048_576;
    this.#journalKeysMax = options.journalKeysMax ?? JOURNAL_KEYS_MAX;
    this.#tables = tables;
    this.#journals = state.journals;
    this.#generationMax = state.generationMax;
    this.#flushed = state.flushed;
    this.#tip = state.flushed?.tip;
    this.#dropped = state.flushed?.tip.final ?? 0;
    this.#openGeneration(state.flushed?.tip.gen ?? 0, state.flushed === undefined);
  }

  async tip(): Promise<Tip | undefined> {
    return this.#tip;
  }

  async frozen(group: number): Promise<readonly HashHex[] | undefined> {
    return this.#frozenHashes(group);
  }

  async read(generation: number, keys: readonly CoinKey[]): Promise<(CoinItem | undefined)[]> {
    const cache = this.#cacheOf(generation);
    if (!this.#isFlushing) cache.evict(this.#cacheBytesMax);
    return keys.map((key) => cache.find(key));
  }

  async readTransaction(generation: number, txid: Hash256): Promise<ScannedItem[]> {
    const cache = this.#cacheOf(generation);
    const keys = new Set<CoinKey>();
    for (let chunk = 0; chunk <= cache.chunkMax; chunk++) keys.add(coinKeyOfChunk(txid, chunk));
    const range = transactionRange(
      generation,
      coinKeyOfChunk(txid, 0),
      coinKeyOfChunk(txid, 0xffff),
    );
    for await (const { key } of this.#tables.rows(range)) keys.add(coinKeyOfRow(key));
    const items: ScannedItem[] = [];
    for (const key of [...keys].sort()) {
      const item = cache.find(key);
      if (item !== undefined) items.push({ key, item });
    }
    return items;
  }

  async apply(generation: number, marks: readonly ItemMarks[]): Promise<void> {
    const cache = this.#caches.get(generation);
    const mark = marks[0]?.mark;
    // A generation that was dropped has no reader any more.
    if (mark === undefined || cache === undefined) return;
    const isBase = isBaseMark(mark);
    // What is final is applied already, or never will count; what it made may be gone (4.4). So are
    // the coins that a generation was loaded with, once a tip names it.
    if (generation === this.#tip?.gen && (isBase || mark.height <= this.#dropped)) return;
    if (!isBase) this.#journals.add({ gen: generation, ...mark, keys: journalKeysOf(marks) });
    for (const one of marks) cache.add(one);
  }

  async commit(expectedRev: number, next: NextTip): Promise<boolean> {
    if ((this.#tip?.rev ?? 0) !== expectedRev) return false;
    checkTip(next.tip);
    for (const { group, hashes } of next.frozen) this.#frozenPending.set(group, hashes);
    this.#tip = next.tip;
    return true;
  }

  async *scan(view: View): AsyncGenerator<ScannedItem> {
    await this.flush();
    if (view.height < (this.#flushed?.tip.final ?? 0)) {
      throw new StoreFault(
        `The coins at height ${view.height} are no longer kept: the chain went on. Scan the tip.`,
        { retryable: true, code: "EXOS-E1000" },
      );
    }
    const range = coinRange(view.gen, view.gen);
    const snapshot = this.#tables.snapshot();
    // As of the snapshot: a later flush moves spends from here to rows that it does not show.
    const spends = new Map(this.#journals.spendsOf(view.gen));
    try {
      for await (const { key: row, value } of this.#tables.rows(range, snapshot)) {
        const key = coinKeyOfRow(row);
        yield { key, item: withSpends(this.#decode(row, value), spends.get(key)) };
      }
    } finally {
      await snapshot.close();
    }
  }

  async totals(tip: Tip): Promise<SetTotals> {
    const known = this.#knownTotals(tip.gen);
    if (known !== undefined) return (await advanceTotals(known, this.#source(tip))).totals();
    const counted = await countTotals(this.#source(tip));
    // A lower block of the same tip bears its number too, and has other totals.
    const { rev, hash } = this.#flushed?.tip ?? {};
    if (this.#flushed !== undefined && rev === tip.rev && hash === tip.hash) {
      await this.#keepTotals(this.#flushed, counted);
    }
    return counted.totals();
  }

  async totalsAt(to: Tip, from: KnownTotals | undefined): Promise<Uint8Array> {
    const source = this.#source(to);
    // Below, what was spent since is gone.
    const isKept = from?.tip.gen === to.gen && from.tip.height >= this.#dropped;
    return (await (isKept ? advanceTotals(from, source) : countTotals(source))).encode();
  }

  async createGeneration(): Promise<number> {
    this.#generationMax++;
    this.#openGeneration(this.#generationMax, true);
    return this.#generationMax;
  }

  async dropGeneration(generation: number): Promise<void> {
    if (generation === this.#tip?.gen) {
      throw new RangeError(`generation ${generation} is the tip's`);
    }
    // A kill must not find a durable tip whose coins are gone.
    if (generation === this.#flushed?.tip.gen) await this.flush();
    this.#caches.delete(generation);
    const gone = this.#journals.drop(generation);
    const batch = this.#tables.batch();
    for (const journal of gone) if (journal.onDisk !== "nothing") batch.delete(journalKey(journal));
    await batch.write();
    await this.#tables.clear(coinRange(generation, generation));
  }

  flush(before?: () => Promise<void>): Promise<void> {
    return this.#inTurn(() => this.#flushNow(before));
  }

  /** One write after the other. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#lastFlush.then(write);
    this.#lastFlush = turn.catch(() => {
      // Whoever asked for that write has the fault; the next one tries the same again.
    });
    return turn;
  }

  pending(): { readonly blocks: number; readonly bytes: number } {
    const apart = Math.abs((this.#tip?.height ?? 0) - (this.#flushed?.tip.height ?? 0));
    // Another branch may end at the same height.
    const blocks = this.#tip?.hash === this.#flushed?.tip.hash ? apart : Math.max(1, apart);
    let bytes = 0;
    for (const cache of this.#caches.values()) bytes += cache.dirtyBytes;
    return { blocks, bytes };
  }

  flushed(): Tip | undefined {
    return this.#flushed?.tip;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lastFlush;
    await this.#tables[Symbol.asyncDispose]();
  }

  async #flushNow(before?: () => Promise<void>): Promise<void> {
    const tip = this.#tip;
    const frozen = new Map(this.#frozenPending);
    await before?.();
    const isDirty = [...this.#caches.values()].some((cache) => cache.dirtyBytes > 0);
    if (tip === this.#flushed?.tip && !isDirty) return;
    this.#isFlushing = true;
    this.#dropped = Math.max(this.#dropped, tip?.final ?? 0);
    try {
      const totals = tip === undefined ? undefined : await this.#carriedTotals(tip);
      const flushed = tip === undefined ? undefined : { tip, totals: totals?.encode() };
      await writeFlush({
        tables: this.#tables,
        caches: this.#caches,
        journals: this.#journals,
        frozenIndex: this.#frozenIndex,
        flushed,
        frozen,
        generationMax: this.#generationMax,
        journalKeysMax: this.#journalKeysMax,
      });
      this.#flushed = flushed ?? this.#flushed;
      for (const group of frozen.keys()) this.#frozenPending.delete(group);
    } finally {
      this.#isFlushing = false;
    }
    for (const cache of this.#caches.values()) cache.evict(this.#cacheBytesMax);
  }

  #knownTotals(generation: number): KnownTotals | undefined {
    const flushed = this.#flushed;
    if (flushed?.totals === undefined || flushed.tip.gen !== generation) return undefined;
    return { tip: flushed.tip, totals: flushed.totals };
  }

  /** What a flush knows of the totals without counting. */
  async #carriedTotals(tip: Tip): Promise<RunningTotals | undefined> {
    const known = this.#knownTotals(tip.gen);
    if (known !== undefined) return carryTotals(known, this.#source(tip));
    return this.#flushed === undefined && tip.height === 0
      ? RunningTotals.empty(this.#dialect)
      : undefined;
  }

  /** Write down what was counted, unless a flush has gone on meanwhile. */
  #keepTotals(flushed: Flushed, counted: RunningTotals): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#flushed !== flushed) return;
      const totals = counted.encode();
      const batch = this.#tables.batch();
      batch.put(TOTALS_KEY, totals);
      await batch.write();
      this.#flushed = { tip: flushed.tip, totals };
    });
  }

  #source(to: Tip): TotalsSource {
    return {
      dialect: this.#dialect,
      to,
      cache: this.#cacheOf(to.gen),
      journals: this.#journals,
      frozen: this.#frozenIndex,
      rows: () => this.#rowKeys(to.gen),
    };
  }

  async *#rowKeys(generation: number): AsyncGenerator<CoinKey> {
    for await (const { key } of this.#tables.rows(coinRange(generation, generation))) {
      yield coinKeyOfRow(key);
    }
  }

  #openGeneration(generation: number, empty: boolean): void {
    const readItem = (key: CoinKey): CoinItem | undefined => {
      const row = coinRowKey(generation, key);
      const bytes = this.#tables.read(row);
      if (bytes === undefined) return undefined;
      return withSpends(this.#decode(row, bytes), this.#journals.spendsOf(generation).get(key));
    };
    this.#caches.set(generation, new CoinCache(readItem, empty));
  }

  #cacheOf(generation: number): CoinCache {
    const cache = this.#caches.get(generation);
    if (cache === undefined) throw generationGone(generation);
    return cache;
  }

  #decode(row: Uint8Array, bytes: Uint8Array): CoinItem {
    try {
      return decodeCoinItem(bytes);
    } catch (cause) {
      throw this.#tables.damaged(row, cause);
    }
  }

  #frozenHashes(group: number): readonly HashHex[] | undefined {
    const known = this.#frozenPending.get(group) ?? this.#frozenRead.get(group);
    if (known !== undefined) return known;
    const bytes = this.#tables.read(frozenKey(group));
    if (bytes === undefined) return undefined;
    const hashes = decodeHashes(bytes);
    if (this.#frozenRead.size >= FROZEN_CACHED_MAX) this.#frozenRead.clear();
    this.#frozenRead.set(group, hashes);
    return hashes;
  }
}
