import { setImmediate } from "node:timers/promises";
import {
  createMemoryWorkQueue,
  type MemoryWorkQueue,
} from "#shared/adapters/embedded/memory-work-queue.ts";
import { openScriptWorkers } from "#shared/adapters/embedded/script-workers.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { BufferedCoinStore } from "#shared/ports/coin-store.ts";
import type { ValidatorDeps } from "./core.ts";
import { JUDGE_EVERYTHING, type JudgePolicy } from "./deps.ts";
import { createFlusher } from "./flusher.ts";

/** What the process that embeds this service brings along, because other services share it. */
export type Shared = Pick<ValidatorDeps, "network" | "clock" | "log" | "metrics" | "follow"> & {
  readonly blocks: ValidatorDeps["blocks"] & { flush(): Promise<void> };
  readonly headers: ValidatorDeps["headers"] & { flush(): Promise<void> };
  readonly coins: BufferedCoinStore;
};

/** What the operator may choose. */
export interface EmbeddedOptions {
  /** Verifying threads beside the main one. */
  readonly jobs: number;
  /** Bytes of changed coins that may gather in memory before they are flushed. */
  readonly cacheBytesMax: number;
  /** Blocks that may gather before they are flushed. */
  readonly flushBlocks?: number;
  readonly policy?: JudgePolicy;
  readonly rejected?: NonNullable<ValidatorDeps["rejected"]>;
}

/** The service with its queue, until it is disposed of. */
export interface EmbeddedValidate extends AsyncDisposable {
  readonly deps: ValidatorDeps;
  /** Both ends of the queue of candidates. */
  readonly connect: MemoryWorkQueue<BlockHint>;
}

/** Wait before a failed connection is tried again, and tries before it is a dead letter. */
const VISIBILITY_MS = 1_000;
const ATTEMPTS_MAX = 8;

/** The service inside one process: queues in memory, scripts in threads. */
export function composeEmbedded(shared: Shared, options: EmbeddedOptions): EmbeddedValidate {
  const { network, clock, log } = shared;
  const connect = createMemoryWorkQueue<BlockHint>({
    name: "connect",
    clock,
    log: log.module("connect"),
    metrics: shared.metrics,
    // One tip, one writer: a second one would lose every race.
    concurrency: 1,
    visibilityMs: VISIBILITY_MS,
    attemptsMax: ATTEMPTS_MAX,
  });
  const { wire, dialect } = network.consensus;
  const scripts = openScriptWorkers({ workers: options.jobs, wire, dialect });
  const flusher = createFlusher({
    ...shared,
    cacheBytesMax: options.cacheBytesMax,
    ...(options.flushBlocks === undefined ? {} : { blocksMax: options.flushBlocks }),
  });
  return {
    connect,
    deps: {
      ...shared,
      ...flusher,
      log: log.module("validate"),
      scripts,
      connect,
      policy: options.policy ?? JUDGE_EVERYTHING,
      ...(options.rejected === undefined ? {} : { rejected: options.rejected }),
      connected: () => connect.idle(),
      pause: () => setImmediate(),
    },
    [Symbol.asyncDispose]: () => scripts[Symbol.asyncDispose](),
  };
}
