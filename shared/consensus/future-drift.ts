import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** How far a block may stand ahead of the clock since the switch. */
const DRIFT_SECONDS = 15;

/** The same before it: 128 hours, a fault that history keeps. */
const OLD_DRIFT_SECONDS = 128 * 60 * 60;

/**
 * How many seconds a time may be passed by, at that time.
 *
 * @param driftSwitch last second of the old rule
 * @source PosFutureDriftRule.cs (EXOSFullNode e61c2e61); exos-l1.md 1.3, 3.3 rule 3
 */
export function futureDrift(time: UnixSeconds, driftSwitch: UnixSeconds): number {
  return time > driftSwitch ? DRIFT_SECONDS : OLD_DRIFT_SECONDS;
}
