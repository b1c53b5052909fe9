import {
  createMemoryWorkQueue,
  type MemoryWorkQueue,
} from "#shared/adapters/embedded/memory-work-queue.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { Traces } from "#shared/ports/traces.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";

/** One queue of tips in, one for each follower out. */
export interface TipFan {
  readonly send: WorkQueue<TipHint>["send"];
  /** A queue of its own, which keeps the newest tip alone. @param name of it, in logs */
  follower(name: string): MemoryWorkQueue<TipHint>;
}

const RETRY_MS = 1_000;
const ATTEMPTS_MAX = 8;

/** Tells every follower of a new tip; a slow one hinders no other. */
export function createTipFan(deps: {
  readonly clock: Pick<Clock, "sleep" | "elapsedMs">;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly traces?: Traces | undefined;
}): TipFan {
  const followers: MemoryWorkQueue<TipHint>[] = [];
  return {
    async send(hint) {
      for (const follower of followers) await follower.send(hint);
    },
    follower(name) {
      const queue = createMemoryWorkQueue<TipHint>({
        name,
        clock: deps.clock,
        log: deps.log.module(name),
        metrics: deps.metrics,
        traces: deps.traces,
        concurrency: 1,
        visibilityMs: RETRY_MS,
        attemptsMax: ATTEMPTS_MAX,
        // The newest tip says all; and while nobody follows, an import must not fill the queue.
        latestOnly: true,
      });
      followers.push(queue);
      return queue;
    },
  };
}
