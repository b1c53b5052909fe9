import type { PoolGraph, PoolMember } from "./pool-graph.ts";
import { RankedMembers } from "./ranked-members.ts";

/** What a member pays, alone or with what depends on it. */
export interface EvictionScore {
  readonly fees: bigint;
  readonly size: number;
}

/**
 * A member's fee rate, counted with what depends on it where that is better.
 *
 * @source TxMemPool.cs CompareTxMemPoolEntryByDescendantScore (EXOSFullNode e61c2e61)
 */
export function evictionScore({ fee, size, descendants }: PoolMember): EvictionScore {
  const isHelped = descendants.fees * BigInt(size) > fee * BigInt(descendants.size);
  const { fees, size: sizeAll } = descendants;
  return isHelped ? { fees, size: sizeAll } : { fees: fee, size };
}

/** Every member, whoever leaves a full pool first on top: the lowest rate. */
export function rankForEviction(graph: PoolGraph): RankedMembers<EvictionScore> {
  const ranked = new RankedMembers<EvictionScore>((one, two) => {
    const [left, right] = [one.score, two.score];
    return left.fees * BigInt(right.size) < right.fees * BigInt(left.size);
  });
  for (const member of graph.members()) ranked.put(member, evictionScore(member));
  return ranked;
}
