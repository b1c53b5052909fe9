import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { feeOfSize } from "./fee-of-size.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import type { PoolGraph, PoolMember } from "./pool-graph.ts";
import type { PoolPolicy } from "./pool-policy.ts";

/** Most transactions that one may drive out. */
const REPLACED_MAX = 100;

/** A transaction that would drive out others. */
export interface Replacement {
  readonly tx: Pick<HashedTransaction, "inputs">;
  readonly fee: bigint;
  readonly size: number;
  /** What spends the same, without descendants. */
  readonly conflicts: ReadonlySet<PoolMember>;
}

/**
 * Whoever replaces others pays a better rate than each, and more than all with what depends on
 * them, and for his own relay; and brings no unconfirmed parent that they did not have.
 *
 * @source MempoolValidator.cs CheckReplacment (EXOSFullNode e61c2e61); BIP125; exos-l1.md 6.1.12
 */
export function checkReplacement(
  { tx, fee, size, conflicts }: Replacement,
  graph: PoolGraph,
  { relayFeeRate }: Pick<PoolPolicy, "relayFeeRate">,
): PolicyError | undefined {
  if (conflicts.size === 0) return undefined;
  let potential = 0;
  const parents = new Set<string>();
  for (const other of conflicts) {
    if (rateOf(fee, size) <= rateOf(other.fee, other.size)) {
      return policyError("insufficient-fee", { txid: other.txid });
    }
    for (const { prevout } of other.tx.inputs) parents.add(toHashHex(prevout.txid));
    potential += other.descendants.count;
  }
  if (potential > REPLACED_MAX) {
    return policyError("too-many-potential-replacements", { transactions: potential });
  }
  for (const [index, { prevout }] of tx.inputs.entries()) {
    const parent = toHashHex(prevout.txid);
    if (!parents.has(parent) && graph.get(parent) !== undefined) {
      return policyError("replacement-adds-unconfirmed", { index });
    }
  }
  const replaced = graph.withDescendants(conflicts).reduce((sum, other) => sum + other.fee, 0n);
  const needed = replaced + feeOfSize(relayFeeRate, size);
  return fee < needed
    ? policyError("insufficient-fee", { fee: fee.toString(), needed: needed.toString() })
    : undefined;
}

/** Base units per 1,000 bytes, rounded down as the reference does before it compares. */
function rateOf(fee: bigint, size: number): bigint {
  return (fee * 1_000n) / BigInt(size);
}
