/**
 * A way to say "look at this". Messages are hints: any of them may be lost, doubled, late or out of
 * order, so a consumer derives what to do from the stores and a replay changes nothing.
 *
 * Implementations: `adapters/embedded/memory-work-queue.ts`, `adapters/aws/sqs-work-queue.ts`,
 * and, to send alone, `adapters/aws/sns-topic.ts`. Each passes `test/ports/work-queue.contract.ts`.
 */
export interface WorkQueue<Message> {
  /**
   * Send one message, plain JSON of at most 64 KiB; 1 KB where it leaves the process.
   *
   * @param group of many senders, for whom: a group that sends much holds up itself more than others
   * @throws StoreFault when the queue did not take it
   */
  send(message: Message, group?: string): Promise<void>;
}

/** One of possibly many times that a message is handed over. */
export interface Delivery {
  /** Counted from 1; how often the queue believes that it handed the message over. */
  readonly attempt: number;
  /** As `send` was given it, where the queue keeps it. */
  readonly group?: string;
}

/** How much a queue holds; a queue of many machines guesses. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  /** Given up after the last attempt. */
  readonly dead: number;
}

/** The receiving end. At least once: what `handle` throws on comes again after its visibility. */
export interface WorkSource<Message> {
  /**
   * Hand every message to `handle`, at most `concurrency` at a time, until the signal is aborted;
   * then wait for those in flight. After `attemptsMax` failures a message is a dead letter.
   */
  consume(
    handle: (message: Message, delivery: Delivery) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** @throws StoreFault when the queue does not tell */
  depth(): Promise<QueueDepth>;
}
