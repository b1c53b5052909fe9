import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { isModifierKnown } from "#shared/consensus/stake-modifier.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/**
 * A proven header follows one whose stake modifier is known. That it is not, says nothing of the
 * header.
 *
 * @source ProvenHeaderCoinstakeRule.cs GetPreviousStakeModifier (EXOSFullNode e61c2e61); exos-l1.md
 *   3.5 step 7
 */
export function checkParentModifier(
  { prev }: Pick<BlockHeader, "prev">,
  parent: Pick<HeaderRecord, "hash" | "height" | "stakeModifier">,
): Violation | undefined {
  if (toHashHex(prev) !== parent.hash) {
    return violation("proven-header-invalid-previous-header", { prev: toHashHex(prev) });
  }
  return isModifierKnown(parent.stakeModifier, parent.height)
    ? undefined
    : violation("proven-header-invalid-previous-header-stake-modifier", { parent: parent.hash });
}
