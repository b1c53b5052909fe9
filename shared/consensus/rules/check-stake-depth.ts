import type { StakeParams } from "#shared/consensus/params.ts";
import { stakeDepth } from "#shared/consensus/stake-depth.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Height } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";

/**
 * A staked coin lies deep enough. Its maturity is a rule of its own, for every input.
 *
 * @source StakeValidator.cs IsConfirmedInNPrevBlocks (EXOSFullNode e61c2e61); exos-l1.md 3.5 step 5,
 *   4.6 step 4
 */
export function checkStakeDepth(
  coin: Pick<Coin, "height">,
  height: Height,
  stake: Pick<StakeParams, "depth">,
): Violation | undefined {
  const depth = height - coin.height;
  const depthMin = stakeDepth(height, stake);
  return depth < depthMin ? violation("invalid-stake-depth", { depth, depthMin }) : undefined;
}
