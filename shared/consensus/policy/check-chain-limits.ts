import { type PolicyError, policyError } from "./policy-error.ts";
import type { PoolMember } from "./pool-graph.ts";
import type { PoolPolicy } from "./pool-policy.ts";

/** A transaction that would enter. */
export interface Newcomer {
  readonly size: number;
  /** Everything in the pool that it depends on. */
  readonly ancestors: readonly PoolMember[];
  /** What it would replace, without descendants. */
  readonly conflicts: ReadonlySet<PoolMember>;
}

/**
 * No chain of unconfirmed transactions grows too long or too large, upwards or downwards, and none
 * builds on what it would replace.
 *
 * @source TxMemPool.cs CalculateMemPoolAncestors, MempoolValidator.cs CheckAncestors (EXOSFullNode
 *   e61c2e61); exos-l1.md 6.1.11
 */
export function checkChainLimits(
  { size, ancestors, conflicts }: Newcomer,
  policy: PoolPolicy,
): PolicyError | undefined {
  const count = ancestors.length + 1;
  const sizeAll = ancestors.reduce((sum, member) => sum + member.size, size);
  const isLong =
    ancestors.length > 0 && (count > policy.ancestorCountMax || sizeAll > policy.ancestorSizeMax);
  if (isLong) return policyError("too-long-mempool-chain", { ancestors: count, size: sizeAll });
  for (const { txid, descendants } of ancestors) {
    const isWide =
      descendants.count + 1 > policy.descendantCountMax ||
      descendants.size + size > policy.descendantSizeMax;
    if (isWide) return policyError("too-long-mempool-chain", { txid });
  }
  const own = ancestors.find((member) => conflicts.has(member));
  return own === undefined
    ? undefined
    : policyError("bad-txns-spends-conflicting-tx", { txid: own.txid });
}
