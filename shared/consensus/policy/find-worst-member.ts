import type { PoolGraph, PoolMember } from "./pool-graph.ts";

/**
 * Who leaves a full pool first: the lowest fee rate, counted with what depends on it where that is
 * better; of several the one that came last.
 *
 * @returns `undefined` in an empty pool
 * @source TxMemPool.cs CompareTxMemPoolEntryByDescendantScore (EXOSFullNode e61c2e61)
 */
export function findWorstMember(graph: PoolGraph): PoolMember | undefined {
  let worst: PoolMember | undefined;
  let least = { fees: 0n, size: 1 };
  for (const member of graph.members()) {
    const score = scoreOf(member);
    const isWorse = score.fees * BigInt(least.size) <= least.fees * BigInt(score.size);
    if (worst === undefined || isWorse) {
      worst = member;
      least = score;
    }
  }
  return worst;
}

interface Score {
  readonly fees: bigint;
  readonly size: number;
}

function scoreOf({ fee, size, descendants }: PoolMember): Score {
  const helped = descendants.fees * BigInt(size) > fee * BigInt(descendants.size);
  return helped ? descendants : { fees: fee, size };
}
