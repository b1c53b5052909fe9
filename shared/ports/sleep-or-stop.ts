import type { Clock } from "./clock.ts";

/** Wait so many milliseconds, or until the signal is aborted: that is how a loop ends, no failure. */
export async function sleepOrStop(
  clock: Pick<Clock, "sleep">,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}
