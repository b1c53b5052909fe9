import { type ExactNumber, exactCoins } from "#services/rpc/json/exact-number.ts";
import type { PoolEntry } from "#shared/ports/mempool.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** A transaction of the pool in Bitcoin Core 28's keys; `weight` as everywhere in our answers. */
export interface CoreMempoolEntry {
  readonly vsize: number;
  readonly weight: number;
  readonly time: UnixSeconds;
  readonly height: number;
  readonly descendantcount: number;
  readonly descendantsize: number;
  readonly ancestorcount: number;
  readonly ancestorsize: number;
  readonly wtxid: HashHex;
  readonly fees: Readonly<Record<"base" | "modified" | "ancestor" | "descendant", ExactNumber>>;
  readonly depends: readonly HashHex[];
  readonly spentby: readonly HashHex[];
  readonly "bip125-replaceable": boolean;
  readonly unbroadcast: boolean;
}

export function coreMempoolEntry(entry: PoolEntry): CoreMempoolEntry {
  const { tx } = entry;
  return {
    vsize: entry.size,
    weight: 3 * tx.sizeStripped + tx.sizeTotal,
    time: entry.time,
    height: entry.height,
    descendantcount: entry.descendantCount,
    descendantsize: entry.descendantSize,
    ancestorcount: entry.ancestorCount,
    ancestorsize: entry.ancestorSize,
    wtxid: toHashHex(tx.wtxid),
    fees: {
      base: exactCoins(entry.fee),
      modified: exactCoins(entry.fee),
      ancestor: exactCoins(entry.ancestorFees),
      descendant: exactCoins(entry.descendantFees),
    },
    depends: entry.parents,
    spentby: entry.children,
    "bip125-replaceable": entry.replaceable,
    unbroadcast: entry.unbroadcast,
  };
}
