import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/ports/log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Minter } from "./minter.ts";

/** What the loop of this service runs on. */
export interface StakeContainer {
  readonly minter: Pick<Minter, "look">;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Pick<Log, "warn">;
}

/** How often there is looked for something to try. @source exos-l1.md 8.1 */
const LOOK_MS = 500;

/**
 * Mint until the signal is aborted.
 *
 * @throws StoreFault when waiting cannot help
 */
export async function runStake(
  { minter, clock, log }: StakeContainer,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await minter.look();
    } catch (cause) {
      if (!(cause instanceof StoreFault && cause.retryable)) throw cause;
      log.warn(cause.code ?? "EXOS-E1000", "staking waits for a store", { err: cause.message });
    }
    try {
      await clock.sleep(LOOK_MS, signal);
    } catch (cause) {
      // The signal ended the sleep, which is how this loop ends.
      if (!signal.aborted) throw cause;
    }
  }
}
