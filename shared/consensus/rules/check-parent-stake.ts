import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { isModifierKnown } from "#shared/consensus/stake-modifier.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";

/**
 * A block is staked on a parent whose stake modifier is known. That it is not, says nothing of the
 * block.
 *
 * @source PosCoinviewRule.cs CheckAndComputeStake (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 5a
 */
export function checkParentStake(
  parent: Pick<HeaderRecord, "hash" | "height" | "stakeModifier">,
): Violation | undefined {
  return isModifierKnown(parent.stakeModifier, parent.height)
    ? undefined
    : violation("prev-stake-null", { parent: parent.hash });
}
