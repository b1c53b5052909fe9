import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/ports/log.ts";
import type { SavedTransaction } from "#shared/ports/pool.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";
import type { Validator } from "./core.ts";
import type { MempoolService } from "./mempool.ts";

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
    await sleepOrStop(clock, TICK_MS, signal);
  }
  await consumer;
}

/** What the loop of the pool runs on. */
export interface MempoolContainer {
  readonly mempool: MempoolService;
  /** What outlives a restart. */
  readonly file: { readonly saved: readonly SavedTransaction[]; save(): Promise<void> };
  /** Says that the tip has moved; one hint at a time. */
  readonly follow: WorkSource<TipHint>;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** How often old transactions are thrown out and the file is written. */
const SWEEP_MS = 300_000;

/**
 * Take back what waited before the last stop, then keep the pool on the tip until the signal is
 * aborted; what it holds then is written to its file. A stop before all was judged again leaves the
 * file as it was.
 */
export async function runMempool(
  { mempool, file, follow, clock, log }: MempoolContainer,
  signal: AbortSignal,
): Promise<void> {
  const { length } = file.saved;
  const entered = await mempool.open(file.saved, signal);
  if (signal.aborted) return;
  if (length > 0) log.info("mempool: judged again what was saved", { saved: length, entered });
  const consumer = follow.consume(() => mempool.follow(), signal);
  while (!signal.aborted) {
    await sleepOrStop(clock, SWEEP_MS, signal);
    await keep({ mempool, file, log });
  }
  await consumer;
}

/** A disk that is full costs what waits its restart, and nothing else. */
async function keep({
  mempool,
  file,
  log,
}: Pick<MempoolContainer, "mempool" | "file" | "log">): Promise<void> {
  await mempool.sweep();
  try {
    await file.save();
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    log.warn(cause.code ?? "EXOS-E1000", "the mempool was not saved", { err: cause.message });
  }
}
