import type { Tip } from "#shared/coins/tip.ts";

import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { IndexPoint } from "#shared/ports/address-index.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { binary } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { beforeHeight, ROWS_OF_PART, rowPart } from "./index-keys.ts";
import { decodeRow, type IndexRow } from "./index-row-codec.ts";

/** The chain that answers speak of: that of the follower's cursor, which may lag behind the tip. */
export interface IndexChain {
  readonly at: IndexPoint;
  /** The committed tip, as it was read; `undefined` before the first. */
  readonly tip: Tip | undefined;
  /** Height up to which this chain is the tip's. */
  readonly meets: number;
  /** Height up to which this chain is final, and so the same for every later reader. */
  readonly final: number;
  /** Whether a block is on it, at or below `at`. Who asks for many at once has them in few requests. */
  has(point: IndexPoint): Promise<boolean>;
  /** @returns `undefined` above `at` */
  hashAt(height: number): Promise<HashHex | undefined>;
}

/** Where the chain of a cursor is known from. */
export interface IndexChainSource {
  readonly table: Pick<DynamoTable, "query">;
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
}

/**
 * The chain that ends in the cursor: where it is the tip's, the tip says it (window and frozen
 * index); where it has left the tip's, or is ahead of it, the rows of its blocks say it down to where
 * they meet.
 *
 * @param base lowest height that the index knows
 */
export async function readIndexChain(
  at: IndexPoint,
  base: number,
  { table, coins }: IndexChainSource,
): Promise<IndexChain> {
  const tip = await coins.tip();
  const onTip = async (height: number): Promise<HashHex | undefined> =>
    tip === undefined ? undefined : activeHashAt(height, tip, coins);

  const own = new Map<number, HashHex>();
  let meets: number = at.height;
  if ((await onTip(at.height)) !== at.hash) {
    meets = -1;
    let wanted = at.hash;
    for await (const { row, prev } of rowsFrom(at.height, table)) {
      if (row.hash !== wanted) continue;
      own.set(row.height, row.hash);
      wanted = prev;
      if (row.height === base) break;
      if ((await onTip(row.height - 1)) !== prev) continue;
      meets = row.height - 1;
      break;
    }
  }
  const hashOf = async (height: number): Promise<HashHex | undefined> =>
    height > at.height || height < base ? undefined : (own.get(height) ?? onTip(height));
  return {
    at,
    tip,
    meets,
    final: Math.min(tip?.final ?? -1, meets),
    hashAt: hashOf,
    has: async ({ height, hash }) => (await hashOf(height)) === hash,
  };
}

/** Rows of one request: more than a chain's own way back to the tip's usually takes. */
const ROWS_AT_ONCE = 64;

/** Rows of every branch from a height down, highest first. @param pageItems of one request */
export async function* rowsFrom(
  height: number,
  table: Pick<DynamoTable, "query">,
  pageItems = ROWS_AT_ONCE,
): AsyncGenerator<IndexRow> {
  for (let top = height; top >= 0; ) {
    const where = {
      text: "#pk = :pk AND #sk < :above",
      values: { pk: binary(rowPart(top)), above: binary(beforeHeight(top + 1)) },
    };
    const query = { where, descending: true, pageItems };
    for await (const item of table.query(query)) yield decodeRow(item);
    top = Math.floor(top / ROWS_OF_PART) * ROWS_OF_PART - 1;
  }
}
