import type { CoinItem, ItemMarks } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import type { SetTotals } from "#shared/coins/set-totals.ts";
import type { NextTip, Tip } from "#shared/coins/tip.ts";
import type { View } from "#shared/coins/view.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";

/** One unspent output as a scan of the whole set finds it. */
export interface ScannedItem {
  readonly key: CoinKey;
  readonly item: CoinItem;
}

/**
 * Which coin is unspent where: grow-only marks, and one tip that says which of them count. All that
 * makes a chain ours is `commit`; everything before it may be lost, doubled or repeated and changes
 * nothing that anybody sees.
 *
 * Guarantees. Each request touches one item at a time, whole; there is no transaction over several.
 * Reads are strong: what a write returned for is seen by every later read. Marks are added, never
 * taken away, as far as any view at or above the store's `final` can tell; a store that one process
 * owns may drop what no such view sees (cloud.md 4.4). So a reader takes the tip, reads, and, where
 * the tip may have gone on by a whole reorganisation limit meanwhile, looks whether its height is
 * still at or above `final`.
 *
 * Implementations: `adapters/embedded/{memory,level}-coin-store.ts`,
 * `adapters/aws/dynamo-coin-store.ts`. Each passes `test/ports/coin-store.contract.ts`. Every method throws StoreFault when the world failed.
 */
export interface CoinStore {
  /**
   * @param toldRev where a notice or a hint told of a tip of that `rev`: one that is as new may be
   *   answered, though another was committed a moment ago, since whoever was told of it reads again
   * @returns the committed tip; `undefined` before the first commit
   */
  tip(toldRev?: number): Promise<Tip | undefined>;

  /**
   * Hashes of the 64 final heights of one group, `64 × group` up. Once there, it never changes. Who
   * wants many asks for all of them before waiting for one: a shared store reads them together.
   * @returns `undefined` while the group is still in the window; never to be remembered
   */
  frozen(group: number): Promise<readonly HashHex[] | undefined>;

  /**
   * Items as they are now. They may show marks of blocks above the reader's view, which do not
   * count in it, and they do not change in the reader's hands but for such marks.
   *
   * @param keys at most 65,536, each once
   * @returns in the order asked; `undefined` where nothing is known
   */
  read(generation: number, keys: readonly CoinKey[]): Promise<(CoinItem | undefined)[]>;

  /** Every item of one transaction, by chunk. Dear: for the one question that needs it. */
  readTransaction(generation: number, txid: Hash256): Promise<ScannedItem[]>;

  /**
   * Add marks, those of one block or the base marks of a snapshot. Returns when every one of them
   * is in the store and visible to reads; in a store with `flush` they live as long as the process
   * until that was called. May be called again at any time with the same marks. Never awaited by
   * a reader, never undone.
   */
  apply(generation: number, marks: readonly ItemMarks[]): Promise<void>;

  /**
   * Replace the tip, if its `rev` is still the expected one. What leaves the window is frozen
   * before the new tip is visible. Where the store is shared, the tip carries its totals (`Tip.mu`).
   *
   * @param expectedRev 0 for the first tip
   * @returns whether this call made the new tip. `false`: another writer was first, read it again
   */
  commit(expectedRev: number, next: NextTip): Promise<boolean>;

  /**
   * Every item of a generation, in order of its key. Needs no pause of writers: what they add
   * meanwhile is not active in `view`.
   *
   * @param view the committed tip as it was read, or a lower height of it at or above `final`
   */
  scan(view: View): AsyncIterable<ScannedItem>;

  /** Coins, supply and set hash of exactly the unspent set at this tip, which must be committed. */
  totals(tip: Tip): Promise<SetTotals>;

  /** A new, empty generation of coins; numbers only rise. No reader sees it before a tip names it. */
  createGeneration(): Promise<number>;

  /**
   * Forget every coin of a generation that no tip names any more. Whoever still reads there meets a
   * retryable StoreFault and starts over from the tip; what still writes there is ignored.
   */
  dropGeneration(generation: number): Promise<void>;
}

/** A coin store that gathers writes: durable is what was committed before the last `flush`. */
export interface BufferedCoinStore extends CoinStore {
  /**
   * Make the tip that is committed now and everything it needs durable, in one atomic step. Killed
   * at any instant, the store reopens at exactly one flushed tip.
   *
   * @param before makes durable what the tip names in other stores; always run, once it is settled
   *   which tip is written: what is committed from then on waits for the next flush
   * @throws StoreFault, and then nothing is lost in memory: it may be called again
   */
  flush(before?: () => Promise<void>): Promise<void>;

  /** What waits for a flush. A caller flushes by size and by time. */
  pending(): { readonly blocks: number; readonly bytes: number };

  /** The tip that is durable; `undefined` before the first flush. */
  flushed(): Tip | undefined;
}
