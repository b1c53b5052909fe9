import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { countLegacySigops } from "#shared/script/count-sigops.ts";

/**
 * The signature operations that the scripts of a block show by themselves are not too many.
 *
 * @source CheckSigOpsRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 10
 */
export function checkLegacySigops(
  { transactions }: Pick<Block, "transactions">,
  {
    witnessScale,
    blockSigopsCostMax,
  }: Pick<ConsensusParams, "witnessScale" | "blockSigopsCostMax">,
): Violation | undefined {
  const sigops = transactions.reduce((sum, tx) => sum + countLegacySigops(tx), 0);
  const cost = sigops * witnessScale;
  return cost > blockSigopsCostMax ? violation("bad-blk-sigops", { cost }) : undefined;
}
