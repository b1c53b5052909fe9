/**
 * A way to say "look at this". Messages are hints: any of them may be lost, doubled, late or out of
 * order, so a consumer derives what to do from the stores and a replay changes nothing.
 *
 * Implementation: `adapters/embedded/memory-work-queue.ts`; suite
 * `test/ports/work-queue.contract.ts`.
 */
export interface WorkQueue<Message> {
  /**
   * Send one message, plain JSON of at most 64 KiB.
   * @throws StoreFault when the queue did not take it
   */
  send(message: Message): Promise<void>;
}

/** The receiving end. At least once: what `handle` throws on comes again after its visibility. */
export interface WorkSource<Message> {
  /**
   * Hand every message to `handle`, at most `concurrency` at a time, until the signal is aborted;
   * then wait for those in flight. After `attemptsMax` failures a message is a dead letter.
   */
  consume(
    handle: (message: Message, delivery: { readonly attempt: number }) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Waiting, in flight, dead. */
  depth(): { readonly waiting: number; readonly inFlight: number; readonly dead: number };
}
