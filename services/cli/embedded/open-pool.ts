import { composeMempool, type SharedWithPool } from "#services/validate/compose-embedded.ts";
import { runMempool } from "#services/validate/container.ts";
import {
  createMemoryWorkQueue,
  type MemoryWorkQueue,
} from "#shared/adapters/embedded/memory-work-queue.ts";
import type { PoolPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { AcceptedHint } from "#shared/messages/accepted-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Traces } from "#shared/ports/traces.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";

/** What the node brings along. */
export type PoolShared = Omit<SharedWithPool, "accepted"> & {
  readonly metrics: Metrics;
  readonly traces?: Traces | undefined;
  /** Says that the tip has moved. */
  readonly follow: WorkSource<TipHint>;
};

/** The pool of a node, and who is told of what enters. */
export interface NodePool {
  readonly mempool: Mempool;
  /** A further queue of what enters. @param name of it, in logs */
  accepted(name: string): MemoryWorkQueue<AcceptedHint>;
  /** Keep the pool on the tip until the signal is aborted, then write its file. */
  run(signal: AbortSignal): Promise<void>;
}

const RETRY_MS = 1_000;
const ATTEMPTS_MAX = 3;

/** Open the pool with its file. @throws StoreFault when there is a file that cannot be read */
export async function openPool(
  shared: PoolShared,
  options: { readonly path: string; readonly policy: Partial<PoolPolicy> },
): Promise<NodePool> {
  const { clock, log, metrics, traces, follow } = shared;
  const queues: MemoryWorkQueue<AcceptedHint>[] = [];
  const accepted = {
    async send(hint: AcceptedHint): Promise<void> {
      for (const queue of queues) {
        try {
          await queue.send(hint);
        } catch (cause) {
          // The pool has it, and tells whoever asks; a queue that is full has enough to tell.
          if (!(cause instanceof StoreFault)) throw cause;
        }
      }
    },
  };
  const { mempool, file } = await composeMempool({ ...shared, accepted }, options);
  return {
    mempool,
    accepted(name) {
      const queue = createMemoryWorkQueue<AcceptedHint>({
        name,
        clock,
        log: log.module(name),
        metrics,
        traces,
        concurrency: 1,
        visibilityMs: RETRY_MS,
        attemptsMax: ATTEMPTS_MAX,
      });
      queues.push(queue);
      return queue;
    },
    run: (signal) =>
      runMempool({ mempool, file, follow, clock, log: log.module("mempool") }, signal),
  };
}
