/**
 * How much waits in the queues of a city, as far as they know: each guesses.
 * Implementation: `adapters/aws/sqs-queue-depths.ts`.
 */
export interface QueueDepths {
  /** @throws StoreFault when a queue does not answer */
  read(): Promise<{
    /** Hints to connect that wait or are being worked off. */
    readonly connect: number;
    /** Messages that were put aside. */
    readonly dead: number;
  }>;
}
