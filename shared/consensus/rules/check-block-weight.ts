import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";

/** What a block weighs: bytes without witness count `witnessScale` times. @source BIP141 */
export function blockWeight(
  { sizeStripped, sizeTotal }: Pick<Block, "sizeStripped" | "sizeTotal">,
  { witnessScale }: Pick<ConsensusParams, "witnessScale">,
): number {
  return sizeStripped * (witnessScale - 1) + sizeTotal;
}

/**
 * A block is not too heavy. Asked after its witnesses are known to be its own.
 *
 * @source BlockSizeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 6
 */
export function checkBlockWeight(
  block: Pick<Block, "sizeStripped" | "sizeTotal">,
  params: Pick<ConsensusParams, "witnessScale" | "blockWeightMax">,
): Violation | undefined {
  const weight = blockWeight(block, params);
  const { blockWeightMax } = params;
  return weight > blockWeightMax
    ? violation("bad-blk-weight", { weight, blockWeightMax })
    : undefined;
}
