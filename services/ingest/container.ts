import type { AcceptedHint } from "#shared/messages/accepted-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";
import type { Ingest } from "./core.ts";

/** What the loop of this service runs on. */
export interface IngestContainer {
  readonly ingest: Ingest;
  /** Says that the tip has moved; one hint at a time. */
  readonly announce: WorkSource<TipHint>;
  /** Says what entered the pool of transactions. */
  readonly accepted: WorkSource<AcceptedHint>;
  readonly clock: Pick<Clock, "sleep">;
}

/** How often it is looked what is due. */
const TICK_MS = 250;

/** Tell peers of every new tip and transaction, and do what is due, until the signal is aborted. */
export async function runIngest(
  { ingest, announce, accepted, clock }: IngestContainer,
  signal: AbortSignal,
): Promise<void> {
  // Hints may have been lost while nobody listened.
  await ingest.tipMoved();
  const consumers = [
    announce.consume(() => ingest.tipMoved(), signal),
    accepted.consume(async ({ txid }) => ingest.accepted(txid), signal),
  ];
  while (!signal.aborted) {
    await ingest.tick();
    await sleepOrStop(clock, TICK_MS, signal);
  }
  await Promise.all(consumers);
}
