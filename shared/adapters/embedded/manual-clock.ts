import type { Clock } from "#shared/ports/clock.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Move time on and wake who slept until then, in the order of their times. */
  advance(milliseconds: number): void;
  /** Set the chain time alone, forwards or back. */
  set(time: UnixSeconds): void;
  /** How many sleep. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock at `start` that stands until it is moved. */
export function createManualClock(start: UnixSeconds): ManualClock {
  let elapsed = 0;
  let chainMs = start * 1_000;
  const sleepers = new Set<Sleeper>();

  return {
    now: () => unixSeconds(Math.floor(chainMs / 1_000)),
    elapsedMs: () => elapsed,
    sleep(milliseconds, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const abort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper = {
          until: elapsed + milliseconds,
          wake() {
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        signal?.addEventListener("abort", abort, { once: true });
        sleepers.add(sleeper);
      });
    },
    advance(milliseconds) {
      elapsed += milliseconds;
      chainMs += milliseconds;
      const due = [...sleepers].filter(({ until }) => until <= elapsed);
      for (const sleeper of due.sort((a, b) => a.until - b.until)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    set(time) {
      chainMs = time * 1_000;
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}
