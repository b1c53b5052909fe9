import type { DrivenMessage } from "#services/cli/cloud/drive/settle-batch.ts";

/** A queue as a poller sees it. */
export interface DrivenQueue {
  /**
   * Wait for messages, some seconds at most; each is then hidden from others for the time that the
   * queue has for it.
   *
   * @param max 1 to 10
   * @throws StoreFault when the endpoint does not answer; what was on its way is hidden, not lost
   */
  receive(max: number, signal: AbortSignal): Promise<readonly DrivenMessage[]>;
  /** Let it forget these. @throws StoreFault */
  forget(messages: readonly DrivenMessage[]): Promise<void>;
}

export interface PollerOptions {
  readonly queue: DrivenQueue;
  readonly batchSize: number;
  /** Ends it: no batch is taken after, and the one that is taken is brought to its end. */
  readonly signal: AbortSignal;
  /**
   * Run the function.
   *
   * @returns what the queue may forget
   * @throws when the run failed: all of it comes again
   */
  run(messages: readonly DrivenMessage[]): Promise<readonly DrivenMessage[]>;
  /** Told of what failed; the messages come again by themselves. */
  onFault(cause: unknown): void;
  /** After a fault of the queue itself. */
  pause(): Promise<void>;
}

/**
 * What a mapping of Lambda does: take a batch, run the function, forget what it handled. What it did
 * not handle is left alone: the queue shows it again after its time, counts how often, and moves it
 * to the dead at last. @source cloud.md 2
 */
export async function pollQueue(options: PollerOptions): Promise<void> {
  const { queue, batchSize, signal, run, onFault, pause } = options;
  while (!signal.aborted) {
    let messages: readonly DrivenMessage[];
    try {
      messages = await queue.receive(batchSize, signal);
    } catch (cause) {
      if (signal.aborted) return;
      onFault(cause);
      await pause();
      continue;
    }
    if (messages.length === 0) continue;
    try {
      const handled = await run(messages);
      if (handled.length > 0) await queue.forget(handled);
    } catch (cause) {
      onFault(cause);
    }
  }
}
