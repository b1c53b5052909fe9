import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Height, height } from "#shared/primitives/brand.ts";

/**
 * The height that a tip makes final: no branch that leaves the chain below it is followed any more.
 * Local state, which only grows; it must be kept with the chain.
 *
 * @param finalized what was final before
 * @source ConsensusManager.cs, FinalizedBlockInfoRepository.cs (EXOSFullNode e61c2e61); exos-l1.md 3.7
 */
export function finalizedHeight(
  tip: Height,
  finalized: Height,
  { reorgBlocksMax }: Pick<ConsensusParams, "reorgBlocksMax">,
): Height {
  return height(Math.max(finalized, tip - reorgBlocksMax));
}

/**
 * Whether a branch may be followed.
 *
 * @param fork height of the last block that it shares with the chain
 * @source ChainedHeaderTree.cs CheckMaxReorg (EXOSFullNode e61c2e61); exos-l1.md 3.7
 */
export function isReorgAllowed(fork: Height, finalized: Height): boolean {
  return fork >= finalized;
}
