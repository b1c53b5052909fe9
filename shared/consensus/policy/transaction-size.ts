import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

type Sized = Pick<HashedTransaction, "sizeStripped" | "sizeTotal">;

/** What a transaction takes of a block's weight; its bytes where a witness weighs as much. */
export function transactionWeight(
  { sizeStripped, sizeTotal }: Sized,
  { witnessScale }: Pick<ConsensusParams, "witnessScale">,
): number {
  return sizeStripped * (witnessScale - 1) + sizeTotal;
}

/**
 * The bytes that fees are paid for: weight in units of a byte without witness, rounded up.
 *
 * @source TxMempoolEntry.cs GetTxSize (EXOSFullNode e61c2e61); GetVirtualTransactionSize,
 *   bitcoin/bitcoin policy/policy.cpp
 */
export function transactionSize(tx: Sized, params: Pick<ConsensusParams, "witnessScale">): number {
  return Math.ceil(transactionWeight(tx, params) / params.witnessScale);
}
