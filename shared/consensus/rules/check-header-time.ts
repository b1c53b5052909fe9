import type { JudgeEnv } from "#shared/consensus/judge-env.ts";
import { medianTime } from "#shared/consensus/median-time.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";

/** How far ahead of the clock any header may stand. */
const AHEAD_SECONDS_MAX = 7200;

/**
 * A header is later than the median of its ancestors, and at most two hours ahead of the clock.
 *
 * What is too new now is not so later: the second failure holds until the time it names.
 *
 * @source HeaderTimeChecksRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.3 rule 1
 */
export function checkHeaderTime(
  { time }: Pick<BlockHeader, "time">,
  { parent, now }: Pick<JudgeEnv, "parent" | "now">,
): Violation | undefined {
  const median = medianTime(parent.context);
  if (time <= median) return violation("time-too-old", { time, medianTime: median });
  if (time > now + AHEAD_SECONDS_MAX) {
    return violation("time-too-new", { time, now, until: time - AHEAD_SECONDS_MAX });
  }
  return undefined;
}
