import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams, StakeParams } from "#shared/consensus/params.ts";
import { retarget } from "#shared/consensus/retarget.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";

/** Headers after the last legal work that its ladder may still have fed. */
const SETTLED_BLOCKS = 2;

/**
 * Where only stake is legal, a header's target follows from the two before it: no body is needed.
 *
 * @source CheckDifficultyPosRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.3 rule 4
 */
export function checkHeaderDifficulty(
  { bits }: Pick<BlockHeader, "bits">,
  { height, context }: HeaderRecord,
  { spacingSeconds }: Pick<ConsensusParams, "spacingSeconds">,
  stake: StakeParams,
): Violation | undefined {
  if (!stake.retarget || height + 1 <= stake.lastWorkHeight + SETTLED_BLOCKS) return undefined;
  const [last, previous] = context.last.stake;
  if (last === undefined || previous === undefined) return undefined;
  const input = { last, previousTime: previous.time, spacingSeconds, limit: stake.limit };
  const expected = retarget(input);
  return decodeCompact(bits) === decodeCompact(expected)
    ? undefined
    : violation("bad-diffbits", { bits, expected });
}
