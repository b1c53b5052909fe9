import { futureDrift } from "#shared/consensus/future-drift.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

/**
 * A header is at most the drift of the clock's time ahead of it.
 *
 * The time until which it is refused is reckoned with the drift of the header's own time, which
 * differs from the clock's around the switch: the reference does so.
 *
 * @source PosFutureDriftRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.3 rule 3
 */
export function checkFutureDrift(
  { time }: Pick<BlockHeader, "time">,
  now: UnixSeconds,
  driftSwitch: UnixSeconds,
): Violation | undefined {
  if (time <= now + futureDrift(now, driftSwitch)) return undefined;
  const until = time - futureDrift(time, driftSwitch);
  return violation("block-timestamp-to-far", { time, now, until });
}
