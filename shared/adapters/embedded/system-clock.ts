import { setTimeout as sleepFor } from "node:timers/promises";
import type { Clock } from "#shared/ports/clock.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";

/** The machine's clock, whose chain time a development node may stop at a time of its choice. */
export interface SystemClock extends Clock {
  /** @param time what `now` says from here on; `undefined`: the real time again */
  mock(time: UnixSeconds | undefined): void;
  /** Agree with others: `now` is the machine's time and so many seconds, none unless called. */
  adjust(offsetSeconds: number): void;
}

/** The clock of this machine, which `mock` can stop for a development network. */
export function createSystemClock(): SystemClock {
  let mocked: UnixSeconds | undefined;
  let adjusted = 0;
  return {
    now: () => mocked ?? unixSeconds(Math.floor(Date.now() / 1_000) + adjusted),
    elapsedMs: () => performance.now(),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      try {
        await sleepFor(milliseconds, undefined, signal === undefined ? {} : { signal });
      } catch (cause) {
        // Node rejects with an error of its own; callers are promised the signal's reason.
        signal?.throwIfAborted();
        throw cause;
      }
    },
    mock(time) {
      mocked = time;
    },
    adjust(offsetSeconds) {
      adjusted = offsetSeconds;
    },
  };
}
