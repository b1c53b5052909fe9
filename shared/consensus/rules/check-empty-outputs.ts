import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";

/**
 * Only a coinbase and a coinstake have outputs of nothing to nobody.
 *
 * @source CheckPosTransactionRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 9
 */
export function checkEmptyOutputs(
  tx: Pick<Transaction, "inputs" | "outputs">,
): Violation | undefined {
  const index = tx.outputs.findIndex(
    ({ value, scriptPubKey }) => value === 0n && scriptPubKey.length === 0,
  );
  return index === -1 || isCoinbase(tx) || isCoinstake(tx)
    ? undefined
    : violation("user-txout-empty", { index });
}
