import type { Amount } from "#shared/primitives/brand.ts";
import type { IndexPoint } from "./address-index.ts";

/**
 * Holders that a list has at most. A script may have 10,000 bytes, so that no list is longer than
 * 4 MiB of JSON.
 */
export const HOLDERS_MAX = 200;
/** Whoever may spend some coins: all scripts that `ownerScript` takes for one. */
export interface Holder {
  /** As `ownerScript` gives it. */
  readonly script: Uint8Array;
  /** Base units of all unspent outputs, more than 0. */
  readonly balance: Amount;
  /** How many these are. */
  readonly coins: number;
}

/** The richest holders at one block of the chain. */
export interface RichestAt {
  readonly at: IndexPoint;
  /** Richest first; of equal balances, the lower SHA-256 of the script first. */
  readonly holders: readonly Holder[];
}

/** Whoever counts the holders of a set replaces the list by another. */
export interface RichListWriter {
  write(list: RichestAt): Promise<void>;
}

/**
 * Who holds most. Its block may lie far below the tip, and below the cursor of the index, but is one
 * that was on the chain of whoever made the list; a reader asks whether it still is. A coin that is
 * staked by one key and spent by another is its spender's. An empty script is nobody's, nor is one of
 * more than 10,000 bytes, which nobody can spend.
 *
 * Implementations: `adapters/embedded/{memory,sqlite}-address-index.ts`, which speak of the index's
 * cursor; `adapters/aws/s3-rich-list.ts`, which speaks of a snapshot. Each passes
 * `test/ports/rich-list.contract.ts`. Throws StoreFault when the world failed.
 *
 * @source cloud.md 6
 */
export interface RichList {
  /**
   * @param limit 1 to 200
   * @returns `undefined` where there is no list yet
   * @throws RangeError for another limit
   */
  richest(limit: number): Promise<RichestAt | undefined>;
}
