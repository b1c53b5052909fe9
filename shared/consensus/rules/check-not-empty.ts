import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/**
 * A transaction spends something and pays something.
 *
 * @source CheckPowTransactionRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 8
 */
export function checkNotEmpty(tx: Pick<Transaction, "inputs" | "outputs">): Violation | undefined {
  if (tx.inputs.length === 0) return violation("bad-txns-vin-empty");
  if (tx.outputs.length === 0) return violation("bad-txns-vout-empty");
  return undefined;
}
