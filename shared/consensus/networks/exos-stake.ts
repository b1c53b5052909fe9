import type { StakeParams } from "#shared/consensus/params.ts";
import { amount, height } from "#shared/primitives/brand.ts";

/** Proof of stake as every network of the family has it. @source exos-l1.md 1.3 */
export const exosStake: StakeParams = {
  limit: (1n << 208n) - 1n,
  retarget: true,
  reward: amount(100_000_000n),
  timeMask: 0x0f,
  depth: [
    { from: height(0), blocks: 50 },
    { from: height(500_000), blocks: 500 },
  ],
  lastWorkHeight: height(45_000),
};
