import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/ports/log.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
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
/** How long a look may go on once it was told to end: a block may just be handed in. */
const LEAVE_MS_MAX = 5_000;

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
      await orLeave(minter.look(), clock, signal);
    } catch (cause) {
      if (!(cause instanceof StoreFault && cause.retryable)) throw cause;
      log.warn(cause.code ?? "EXOS-E1000", "staking waits for a store", { err: cause.message });
    }
    await sleepOrStop(clock, LOOK_MS, signal);
  }
}

/** Wait for a look, but not much longer than the signal: whoever connects blocks may be gone. */
async function orLeave(
  look: Promise<void>,
  clock: StakeContainer["clock"],
  signal: AbortSignal,
): Promise<void> {
  const left = Promise.withResolvers<void>();
  const over = new AbortController();
  const leave = () => {
    // Aborted when the look ended in time: then nobody waits any more.
    clock.sleep(LEAVE_MS_MAX, over.signal).then(left.resolve, left.resolve);
  };
  signal.addEventListener("abort", leave, { once: true });
  try {
    await Promise.race([look, left.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
    over.abort();
  }
}
