import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { isFinal } from "#shared/consensus/is-final.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { height } from "#shared/primitives/brand.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { type PolicyError, policyError } from "./policy-error.ts";

/**
 * A transaction may stand in the next block, as far as its lock time says. The reference compares a
 * lock by time with the tip's own time, which lies above the median that its blocks are held to.
 *
 * @source MempoolValidator.cs CheckFinalTransaction (EXOSFullNode e61c2e61); CheckFinalTxAtTip,
 *   bitcoin/bitcoin validation.cpp; exos-l1.md 6.1.4
 */
export function checkNextFinal(
  tx: Pick<Transaction, "lockTime" | "inputs">,
  parent: Pick<HeaderRecord, "height" | "header" | "context">,
  { dialect }: Pick<ConsensusParams, "dialect">,
): PolicyError | undefined {
  const cutoff = dialect === "bitcoin" ? medianTime(parent.context) : parent.header.time;
  return isFinal(tx, height(parent.height + 1), cutoff)
    ? undefined
    : policyError("non-final", { lockTime: tx.lockTime });
}
