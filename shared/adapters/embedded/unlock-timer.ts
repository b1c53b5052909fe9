import type { Clock } from "#shared/ports/clock.ts";
import { UNLOCK_SECONDS_MAX } from "#shared/ports/signer.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";

/** Ends something once, unless it is set again or stopped before. */
export interface UnlockTimer {
  /** @param seconds `undefined`: never */
  set(seconds: number | undefined): void;
  stop(): void;
  /** Whether the time that was set has run out, fired or not. */
  readonly isOver: boolean;
}

/** A timer of the system fires at once when it is asked for more than 2^31 ms. */
const SLEEP_MS_MAX = 2 ** 30;

/** Calls `end` when a time has run out; waits in pieces, since an unlock may last for decades. */
export function createUnlockTimer(
  clock: Pick<Clock, "elapsedMs" | "sleep">,
  end: () => void | Promise<void>,
): UnlockTimer {
  let until = Number.POSITIVE_INFINITY;
  let running = new AbortController();

  const wait = async (signal: AbortSignal) => {
    for (let left = until - clock.elapsedMs(); left > 0; left = until - clock.elapsedMs()) {
      await clock.sleep(Math.min(left, SLEEP_MS_MAX), signal);
    }
    if (!signal.aborted) await end();
  };
  return {
    set(seconds) {
      running.abort();
      running = new AbortController();
      until =
        seconds === undefined ? Number.POSITIVE_INFINITY : clock.elapsedMs() + seconds * 1_000;
      if (seconds === undefined) return;
      wait(running.signal).catch(() => {
        // Set again or stopped: whoever did that knows. A thread that died has nothing left to lock.
      });
    },
    stop() {
      running.abort();
      until = Number.POSITIVE_INFINITY;
    },
    get isOver() {
      return clock.elapsedMs() >= until;
    },
  };
}

/** @returns E5020 for a time that no wallet is opened for */
export function checkUnlockSeconds(seconds: number | undefined): Refusal | undefined {
  if (seconds === undefined) return undefined;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= UNLOCK_SECONDS_MAX) return undefined;
  const message = `A wallet is opened for 1 to ${UNLOCK_SECONDS_MAX} seconds.`;
  return refusal("EXOS-E5020", message, { secondsMax: UNLOCK_SECONDS_MAX }).error;
}
