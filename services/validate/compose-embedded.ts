import { setImmediate } from "node:timers/promises";
import { type FilePool, openFilePool } from "#shared/adapters/embedded/file-pool.ts";
import {
  createMemoryWorkQueue,
  type MemoryWorkQueue,
} from "#shared/adapters/embedded/memory-work-queue.ts";
import { openScriptWorkers } from "#shared/adapters/embedded/script-workers.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { defaultPolicy, type PoolPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { BufferedCoinStore } from "#shared/ports/coin-store.ts";
import type { Traces } from "#shared/ports/traces.ts";
import type { ValidatorDeps } from "./core.ts";
import { JUDGE_EVERYTHING, type JudgePolicy } from "./deps.ts";
import { createFlusher } from "./flusher.ts";
import type { MempoolDeps } from "./mempool/deps.ts";
import { createMempool, type MempoolService } from "./mempool.ts";

/** What the process that embeds this service brings along, because other services share it. */
export type Shared = Pick<ValidatorDeps, "network" | "clock" | "log" | "metrics" | "follow"> & {
  readonly blocks: ValidatorDeps["blocks"] & { flush(): Promise<void> };
  readonly headers: ValidatorDeps["headers"] & { flush(): Promise<void> };
  readonly coins: BufferedCoinStore;
  readonly traces?: Traces | undefined;
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
  const { network, clock, log, metrics, traces } = shared;
  // From the first second: a board tells "none yet" from "not measured".
  metrics.count("exos_reorgs_total", {}, 0);
  metrics.gauge("exos_reorg_depth_blocks", 0);
  const connect = createMemoryWorkQueue<BlockHint>({
    name: "connect",
    clock,
    log: log.module("connect"),
    metrics,
    traces,
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

/** What the pool shares with the rest of the process. */
export type SharedWithPool = Pick<ValidatorDeps, "network" | "clock" | "log" | "scripts"> &
  Pick<MempoolDeps, "blocks" | "headers" | "coins" | "accepted">;

/** The pool with its file. */
export interface EmbeddedMempool {
  readonly mempool: MempoolService;
  readonly file: Pick<FilePool, "saved" | "save">;
}

/**
 * The pool inside one process: in memory, with a file for a restart.
 *
 * @param options `policy`: what the operator changes of the network's own
 * @throws StoreFault when there is a file that cannot be read
 */
export async function composeMempool(
  shared: SharedWithPool,
  options: { readonly path: string; readonly policy?: Partial<PoolPolicy> },
): Promise<EmbeddedMempool> {
  const log = shared.log.module("mempool");
  const genesis = shared.network.consensus.genesis.hash;
  const file = await openFilePool({ path: options.path, genesis, log });
  const policy = { ...defaultPolicy(shared.network), ...options.policy };
  const entropy = createSystemEntropy();
  const deps = { ...shared, log, pool: file, policy, entropy, pause: () => setImmediate() };
  return { mempool: createMempool(deps), file };
}
