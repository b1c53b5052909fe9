import type { StakeParams } from "#shared/consensus/params.ts";
import type { Height } from "#shared/primitives/brand.ts";

/**
 * Confirmations that a kernel needs in a block at this height.
 *
 * @source PosConsensusOptions.GetStakeMinConfirmations (EXOSFullNode e61c2e61); exos-l1.md 1.3
 */
export function stakeDepth(at: Height, { depth }: Pick<StakeParams, "depth">): number {
  return depth.findLast(({ from }) => from <= at)?.blocks ?? 0;
}
