import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/**
 * A block is judged against the coins its own parent left.
 *
 * @source LoadCoinviewRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 3
 */
export function checkParentIsTip(
  { prev }: Pick<BlockHeader, "prev">,
  parent: Pick<HeaderRecord, "hash">,
): Violation | undefined {
  return toHashHex(prev) === parent.hash
    ? undefined
    : violation("invalid-prev-tip", { prev: toHashHex(prev), tip: parent.hash });
}
