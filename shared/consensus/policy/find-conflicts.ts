import type { Result } from "#shared/primitives/result.ts";
import type { HashedTransaction, Transaction } from "#shared/primitives/transaction.ts";
import { type PolicyError, policyError } from "./policy-error.ts";
import type { PoolGraph, PoolMember } from "./pool-graph.ts";
import type { PoolPolicy } from "./pool-policy.ts";

/** A sequence below says that its transaction may be replaced. @source BIP125 */
const REPLACEABLE_END = 0xffff_fffe;

/** Whether a transaction says that it may give way to one that pays more. @source BIP125 */
export function signalsReplacement({ inputs }: Pick<Transaction, "inputs">): boolean {
  return inputs.some(({ sequence }) => sequence < REPLACEABLE_END);
}

/**
 * The members that spend what a transaction spends, if each of them may be replaced. Descendants are
 * not asked: what they say of themselves is late.
 *
 * @source MempoolValidator.cs CheckConflicts (EXOSFullNode e61c2e61); BIP125; exos-l1.md 6.1.6
 */
export function findConflicts(
  { inputs }: Pick<HashedTransaction, "inputs">,
  graph: Pick<PoolGraph, "spenderOf">,
  { replacement }: Pick<PoolPolicy, "replacement">,
): Result<ReadonlySet<PoolMember>, PolicyError> {
  const conflicts = new Set<PoolMember>();
  for (const { prevout } of inputs) {
    const other = graph.spenderOf(prevout);
    if (other === undefined) continue;
    if (!replacement || !signalsReplacement(other.tx)) {
      return { ok: false, error: policyError("txn-mempool-conflict", { txid: other.txid }) };
    }
    conflicts.add(other);
  }
  return { ok: true, value: conflicts };
}
