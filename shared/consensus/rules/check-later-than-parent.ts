import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";

/**
 * A header is later than its parent, which the median alone would not ask.
 *
 * @source HeaderTimeChecksPosRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.3 rule 2
 */
export function checkLaterThanParent(
  { time }: Pick<BlockHeader, "time">,
  parent: Pick<HeaderRecord, "header">,
): Violation | undefined {
  return time <= parent.header.time
    ? violation("block-timestamp-to-early", { time, parentTime: parent.header.time })
    : undefined;
}
