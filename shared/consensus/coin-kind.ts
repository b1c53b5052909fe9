import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";

/**
 * What kind of coins a transaction makes: by its shape at any place in its block, though the shape
 * of a coinstake means something only where stake proves blocks.
 *
 * @source exos-l1.md 2.2; networks.md
 */
export function coinKind(
  tx: Pick<Transaction, "inputs" | "outputs">,
  { stake }: Pick<ConsensusParams, "stake">,
): CoinKind {
  if (isCoinbase(tx)) return "coinbase";
  return stake !== undefined && isCoinstake(tx) ? "coinstake" : "ordinary";
}
