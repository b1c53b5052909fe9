import type { Clock } from "#shared/ports/clock.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/**
 * How long one call looks through an owner's history, in milliseconds. A call that walks twice ends
 * within the 25 seconds that a request has.
 *
 * @source interfaces.md 1, "sizes"; cloud.md 7.1
 */
export const WALK_MS = 8_000;

/** Whether the time of a walk is over. */
export type WalkTime = () => boolean;

/** The time of a walk that begins now. */
export function startWalk(clock: Pick<Clock, "elapsedMs">): WalkTime {
  const endMs = clock.elapsedMs() + WALK_MS;
  return () => clock.elapsedMs() >= endMs;
}

/** What is answered where a walk got further, and not to its end: the next one goes on there. */
export function walkFault(reached: number, end: number): StoreFault {
  return new StoreFault(
    `The history of this address is long: it is summed up to height ${reached} of ${end}. Ask again.`,
    { retryable: true, code: "EXOS-E1016" },
  );
}
