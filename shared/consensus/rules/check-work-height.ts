import type { StakeParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Height } from "#shared/primitives/brand.ts";

/**
 * Proof of work ends at a height of the network.
 *
 * @source PosTimeMaskRule.cs, ProvenHeaderCoinstakeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.5,
 *   4.4 rule 2a
 */
export function checkWorkHeight(
  height: Height,
  { lastWorkHeight }: Pick<StakeParams, "lastWorkHeight">,
): Violation | undefined {
  return height > lastWorkHeight
    ? violation("proof-of-work-too-high", { height, lastWorkHeight })
    : undefined;
}
