import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";

/**
 * The signature operations of a block, those behind script hashes and witnesses included, are not
 * too many.
 *
 * @source CoinviewRule.cs GetTransactionSignatureOperationCost (EXOSFullNode e61c2e61); exos-l1.md
 *   4.5 rule 5c
 */
export function checkSigopCost(
  cost: number,
  { blockSigopsCostMax }: Pick<ConsensusParams, "blockSigopsCostMax">,
): Violation | undefined {
  return cost > blockSigopsCostMax ? violation("bad-blk-sigops", { cost }) : undefined;
}
