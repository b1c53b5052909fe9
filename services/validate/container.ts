import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";
import type { Validator } from "./core.ts";

/** What the loop of this service runs on. */
export interface ValidateContainer {
  readonly validator: Validator;
  readonly connect: WorkSource<BlockHint>;
  readonly clock: Pick<Clock, "sleep">;
  flushWhenDue(): Promise<void>;
}

/** How often it is looked whether gathered writes have waited long enough. */
const TICK_MS = 1_000;

/**
 * Connect whatever is hinted until the signal is aborted; what is in flight is finished. Branches
 * that waited without a hint since the last run are followed first.
 */
export async function runValidate(
  { validator, connect, clock, flushWhenDue }: ValidateContainer,
  signal: AbortSignal,
): Promise<void> {
  await validator.catchUp({ signal });
  const consumer = connect.consume(async () => {
    await validator.connect({ signal });
  }, signal);
  while (!signal.aborted) {
    await flushWhenDue();
    try {
      await clock.sleep(TICK_MS, signal);
    } catch (cause) {
      // The signal ended the sleep, which is how this loop ends.
      if (!signal.aborted) throw cause;
    }
  }
  await consumer;
}
