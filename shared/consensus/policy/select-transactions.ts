import { isFinal } from "#shared/consensus/is-final.ts";
import { type Height, type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { minus, type PackageSums, type PoolGraph, type PoolMember, plus } from "./pool-graph.ts";
import { type Ranked, RankedMembers } from "./ranked-members.ts";

/** What a block may take of the pool. */
export interface SelectionLimits {
  /** Sum of sizes, exclusive. */
  readonly sizeBytesMax: number;
  /** Sum of sigop costs, exclusive. */
  readonly sigopsMax: number;
  /** Base units per 1,000 bytes, of a transaction with the ancestors that come with it. */
  readonly feeRateMin: bigint;
  /** No transaction is dated later; `undefined` where they carry no time. */
  readonly timeMax: UnixSeconds | undefined;
  /** Of the block, and the time that a lock must lie below. */
  readonly height: Height;
  readonly lockTimeCutoff: UnixSeconds;
  /** Whether transactions with a witness may be taken. */
  readonly witness: boolean;
}

/** Packages that fit nowhere any more before the rest is left. */
const MISSES_MAX = 1_000;
/** How near to full a block is then. */
const NEARLY_FULL_BYTES = 4_000;

/**
 * The best-paying packages that fit into a block: each a transaction with those of its ancestors
 * that were not chosen before it, by the rate of all of them together; parents before children.
 *
 * @source BlockDefinition.cs AddTransactions (EXOSFullNode e61c2e61); BlockAssembler::addPackageTxs,
 *   bitcoin/bitcoin node/miner.cpp; exos-l1.md 8.3
 */
export function selectTransactions(graph: PoolGraph, limits: SelectionLimits): PoolMember[] {
  const queue = new RankedMembers<PackageSums>(isRicher);
  const blocked = blockedBy(graph, limits);
  for (const member of graph.members()) {
    if (!blocked.has(member)) queue.put(member, member.ancestors);
  }
  const chosen = new Set<PoolMember>();
  let taken: PackageSums = { count: 0, size: 0, fees: 0n, sigopCost: 0 };
  for (let misses = 0; misses <= MISSES_MAX; ) {
    const best = queue.take();
    if (best === undefined || isBelow(best.score, limits.feeRateMin)) break;
    const all = plus(taken, best.score);
    if (all.size >= limits.sizeBytesMax || all.sigopCost >= limits.sigopsMax) {
      if (taken.size + NEARLY_FULL_BYTES > limits.sizeBytesMax) misses++;
      continue;
    }
    taken = all;
    misses = 0;
    for (const member of graph.withAncestors([best.member])) {
      if (chosen.has(member)) continue;
      chosen.add(member);
      queue.drop(member);
      const { size, fee, sigopCost } = member;
      for (const other of graph.withDescendants([member])) {
        const sums = queue.scoreOf(other);
        if (sums === undefined) continue;
        queue.put(other, minus(sums, { count: 1, size, fees: fee, sigopCost }));
      }
    }
  }
  return [...chosen];
}

function isBelow({ fees, size }: PackageSums, rate: bigint): boolean {
  return fees * 1_000n < rate * BigInt(size);
}

/** Members that no such block may hold, with what depends on them. */
function blockedBy(graph: PoolGraph, limits: SelectionLimits): ReadonlySet<PoolMember> {
  const { timeMax = unixSeconds(0xffff_ffff), height, lockTimeCutoff, witness } = limits;
  const bad: PoolMember[] = [];
  for (const member of graph.members()) {
    const { tx } = member;
    const isBad =
      tx.time > timeMax ||
      (!witness && tx.sizeTotal !== tx.sizeStripped) ||
      !isFinal(tx, height, lockTimeCutoff);
    if (isBad) bad.push(member);
  }
  return new Set(graph.withDescendants(bad));
}

/** The best rate first; of equal ones always the same. */
function isRicher(one: Ranked<PackageSums>, two: Ranked<PackageSums>): boolean {
  const left = one.score.fees * BigInt(two.score.size);
  const right = two.score.fees * BigInt(one.score.size);
  return left === right ? one.member.txid < two.member.txid : left > right;
}
