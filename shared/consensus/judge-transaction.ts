import type { ConsensusParams } from "#shared/consensus/params.ts";
import { checkInputsDistinct } from "#shared/consensus/rules/check-inputs-distinct.ts";
import { checkNotEmpty } from "#shared/consensus/rules/check-not-empty.ts";
import { checkOutputValues } from "#shared/consensus/rules/check-output-values.ts";
import { checkPrevouts } from "#shared/consensus/rules/check-prevouts.ts";
import { checkTransactionSize } from "#shared/consensus/rules/check-transaction-size.ts";
import type { Violation } from "#shared/consensus/verdict.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/**
 * What is wrong with a transaction wherever it stands.
 *
 * @source CheckPowTransactionRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 8
 */
export function judgeTransaction(
  tx: HashedTransaction,
  params: Pick<ConsensusParams, "maxMoney" | "blockSizeStrippedMax">,
): Violation | undefined {
  return (
    checkNotEmpty(tx) ??
    checkTransactionSize(tx, params) ??
    checkOutputValues(tx, params) ??
    checkInputsDistinct(tx) ??
    checkPrevouts(tx)
  );
}
