import { readdir, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { composeEmbedded as composeIndex } from "#services/index/compose-embedded.ts";
import { runIndex } from "#services/index/container.ts";
import { followTip, type IndexProgress } from "#services/index/core.ts";
import {
  composeEmbedded as composeRpc,
  type RpcOptions,
  type Shared as RpcShared,
} from "#services/rpc/compose-embedded.ts";
import { type Listen, listen } from "#services/rpc/container.ts";
import { createStaker, type Staker } from "#services/stake/core.ts";
import { composeEmbedded as composeValidate } from "#services/validate/compose-embedded.ts";
import { runValidate } from "#services/validate/container.ts";
import { createValidator, type Validator, type ValidatorDeps } from "#services/validate/core.ts";
import { type DataFolder, openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import {
  type DiskChainFile,
  openDiskChainFile,
} from "#shared/adapters/embedded/disk-chain-file.ts";
import {
  type LevelBlockStore,
  openLevelBlockStore,
} from "#shared/adapters/embedded/level-block-store.ts";
import {
  type LevelCoinStore,
  openLevelCoinStore,
} from "#shared/adapters/embedded/level-coin-store.ts";
import {
  type LevelHeaderStore,
  openLevelHeaderStore,
} from "#shared/adapters/embedded/level-header-store.ts";
import {
  createMemoryWorkQueue,
  type MemoryWorkQueue,
} from "#shared/adapters/embedded/memory-work-queue.ts";
import { withProcessMetrics } from "#shared/adapters/embedded/process-metrics.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock, type SystemClock } from "#shared/adapters/embedded/system-clock.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

export interface NodeOptions {
  readonly network: Network;
  /** Holds one folder per network. */
  readonly root: string;
  readonly log: Log;
  /** Verifying threads beside the main one; one less than the machine has cores unless given. */
  readonly jobs?: number;
  /** Memory for coins, in mebibytes. */
  readonly cacheMebibytes?: number;
  /** Blocks that a kill may cost, to be done again. */
  readonly flushBlocks?: number;
  readonly clock?: SystemClock;
  readonly policy?: ValidatorDeps["policy"];
}

/** One process that is a whole node: stores, queues, services, one clock. */
export interface EmbeddedNode extends AsyncDisposable {
  readonly network: Network;
  readonly folder: DataFolder;
  readonly blocks: LevelBlockStore;
  readonly headers: LevelHeaderStore;
  readonly coins: LevelCoinStore;
  readonly clock: SystemClock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly validator: Validator;
  readonly staker: Staker;
  /** Tells followers that the tip moved; nobody consumes it unless `run` was called. */
  readonly follow: MemoryWorkQueue<TipHint>;
  /** Header of the tip. */
  tip(): Promise<HeaderRecord>;
  flush(): Promise<void>;
  /** Connect what is hinted and flush what gathers, until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** Memory for coins unless the operator says otherwise. */
const CACHE_MEBIBYTES = 64;
const MEBIBYTE = 1024 * 1024;
/**
 * How much the heap may grow between two collections. Left to itself V8 lets an import gather four
 * times what lives: 549 MiB resident where this takes 472, in the same time.
 */
const HEAP_GROWING_PERCENT = 60;
/** A queue that nobody consumes keeps no more than the newest hint. */
const FOLLOW_RETRY_MS = 1_000;
const FOLLOW_ATTEMPTS_MAX = 8;

/**
 * Open every store of a network's folder and put the services together. Dispose of it to flush what
 * gathered and release the folder.
 *
 * @throws StoreFault with a code of the catalogue when the folder or a store cannot be opened
 */
export async function openNode(options: NodeOptions): Promise<EmbeddedNode> {
  const { network, log } = options;
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const stack = new AsyncDisposableStack();
  try {
    const clock = options.clock ?? createSystemClock();
    const metrics = stack.use(withProcessMetrics(createPrometheusMetrics()));
    const genesis = toHashHex(network.consensus.genesis.hash);
    const folder = stack.use(
      await openDataFolder({ root: options.root, network: network.name, genesis }),
    );
    const cacheMebibytes = options.cacheMebibytes ?? CACHE_MEBIBYTES;
    const blocks = stack.use(await openLevelBlockStore(folder.blocks));
    const headers = stack.use(await openLevelHeaderStore(folder.headers));
    const coins = stack.use(
      await openLevelCoinStore({
        folder: folder.coins,
        dialect: network.consensus.dialect,
        cacheMebibytes,
      }),
    );
    const follow = createMemoryWorkQueue<TipHint>({
      name: "follow",
      clock,
      log: log.module("follow"),
      metrics,
      concurrency: 1,
      visibilityMs: FOLLOW_RETRY_MS,
      attemptsMax: FOLLOW_ATTEMPTS_MAX,
      // The newest tip says all; and while nobody follows, an import must not fill the queue.
      latestOnly: true,
    });
    const shared = { network, blocks, headers, coins, clock, metrics, log, follow };
    const validate = stack.use(
      composeValidate(shared, {
        jobs: options.jobs ?? Math.max(0, availableParallelism() - 1),
        cacheBytesMax: cacheMebibytes * MEBIBYTE,
        ...(options.policy === undefined ? {} : { policy: options.policy }),
        ...(options.flushBlocks === undefined ? {} : { flushBlocks: options.flushBlocks }),
      }),
    );
    const { deps } = validate;
    stack.defer(() => deps.flush());
    const validator = createValidator(deps);
    const node = {
      ...shared,
      folder,
      validator,
      staker: createStaker({
        network,
        clock,
        tip: () => validator.tip(),
        pause: deps.pause,
        async submit(block) {
          const submission = await validator.submit(block);
          if (submission.state === "judged") return submission;
          throw new RangeError(`a block of our own does not decode: ${submission.reason}`);
        },
      }),
      tip: () => validator.tip(),
      flush: deps.flush,
      run: (signal: AbortSignal) =>
        runValidate(
          { validator, connect: validate.connect, clock, flushWhenDue: deps.flushWhenDue },
          signal,
        ),
    };
    const held = stack.move();
    return { ...node, [Symbol.asyncDispose]: () => held.disposeAsync() };
  } catch (cause) {
    await stack.disposeAsync();
    throw cause;
  }
}

/** Where a node answers and who may ask. */
export interface ServeOptions extends Omit<RpcOptions, "folder"> {
  readonly http: Listen;
  readonly rpc: Listen;
  /** Of the program. */
  readonly version: string;
  /** Where `generate` pays to, on development networks. */
  readonly rewardScript: Uint8Array;
  /** Begin an orderly stop: the method `stop` was called. */
  stop(): void;
}

/** A node that answers. Dispose of it to answer what is in flight and stop listening. */
export interface ServedNode extends AsyncDisposable {
  readonly httpPort: number;
  readonly rpcPort: number;
  readonly cookiePath: string;
  readonly index: AddressIndex;
  /** Bring the index to the tip; from then on the node counts as ready. */
  catchUp(signal: AbortSignal, onProgress: (progress: IndexProgress) => void): Promise<void>;
  /** Follow the tip with the index until the signal is aborted. */
  follow(signal: AbortSignal): Promise<void>;
}

/**
 * Open the index of an open node and answer for it on both ports.
 *
 * @throws StoreFault `EXOS-E0006` when a port is taken, or of the index
 */
export async function serveNode(node: EmbeddedNode, options: ServeOptions): Promise<ServedNode> {
  const { network, clock, log, metrics, coins, blocks, headers, folder, follow } = node;
  await using stack = new AsyncDisposableStack();
  const { wire } = network.consensus;
  const indexing = stack.use(await composeIndex({ coins, blocks }, { path: folder.index, wire }));
  const { index, deps } = indexing;
  const stores = { blocks, headers, coins, index };
  const since = clock.now();
  type State = ReturnType<RpcShared["state"]>;
  let state: State = { phase: "indexing", stores, progress: 0, etaSeconds: undefined, since };
  const shared: RpcShared = {
    network,
    version: options.version,
    startedMs: clock.elapsedMs(),
    state: () => state,
    control: controlOf(node, options),
    clock,
    metrics,
    log: log.module("rpc"),
  };
  const rpc = stack.use(await composeRpc(shared, { ...options, folder: folder.path }));
  const listeners = stack.use(await listen(rpc.deps, options));
  const held = stack.move();
  const { httpPort, rpcPort } = listeners;
  return {
    httpPort,
    rpcPort,
    cookiePath: rpc.cookiePath,
    index,
    async catchUp(signal, onProgress) {
      await followTip(deps, {
        signal,
        onProgress(progress) {
          const { at, target } = progress;
          state = { ...state, progress: target === 0 ? 1 : at.height / target };
          onProgress(progress);
        },
      });
      state = { ...state, phase: "ready", progress: 1, since: clock.now() };
    },
    follow: (signal) => runIndex({ deps, follow, metrics }, signal),
    async [Symbol.asyncDispose]() {
      state = { ...state, phase: "stopping", since: clock.now() };
      await held.disposeAsync();
    },
  };
}

function controlOf(node: EmbeddedNode, options: ServeOptions): RpcShared["control"] {
  const { network, validator, staker, clock, folder } = node;
  // No peer sends again what was handed in here: it is on disk before it is answered.
  const durable = async <T>(done: Promise<T>): Promise<T> => {
    const answer = await done;
    await node.flush();
    return answer;
  };
  const development: RpcShared["control"]["development"] = {
    rewardScript: options.rewardScript,
    generate: (count, script) => durable(staker.generate(count, script)),
    mockTime: (time) => clock.mock(time),
    invalidate: (hash) => durable(validator.invalidate(hash)),
    reconsider: (hash) => durable(validator.reconsider(hash)),
  };
  return {
    submit: (block) => durable(validator.submit(block)),
    sizeOnDisk: () => sizeOfFolder(folder.path),
    stop: options.stop,
    development: network.kind === "regtest" ? development : undefined,
  };
}

/** Bytes of every file below a folder; files come and go while it is counted. */
async function sizeOfFolder(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      try {
        return (await stat(join(parentPath, name))).size;
      } catch {
        // LevelDB has removed it meanwhile: it takes no room any more.
        return 0;
      }
    });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

type Importing = Validator["importChain"];
export type ImportOptions = NonNullable<Parameters<Importing>[1]>;
export type ImportSummary = Extract<Awaited<ReturnType<Importing>>, { ok: true }>["value"];

/** Import files of blocks, in this order. @throws StoreFault `EXOS-E2003` when one is not there */
export async function importFiles(
  node: EmbeddedNode,
  paths: readonly string[],
  options: ImportOptions,
): ReturnType<Importing> {
  await using stack = new AsyncDisposableStack();
  const files: DiskChainFile[] = [];
  for (const path of paths) files.push(stack.use(await openDiskChainFile(path)));
  // Awaited here, or the files would be closed before they are read.
  return await node.validator.importChain(files, options);
}

/**
 * Open the index of a node that does not answer, for one task.
 *
 * @throws StoreFault when it cannot be opened
 */
export async function withIndex<T>(
  { coins, blocks, network, folder }: EmbeddedNode,
  task: (index: AddressIndex, follow: ServedNode["catchUp"]) => Promise<T>,
): Promise<T> {
  const { wire } = network.consensus;
  await using indexing = await composeIndex({ coins, blocks }, { path: folder.index, wire });
  return await task(indexing.index, async (signal, onProgress) => {
    await followTip(indexing.deps, { signal, onProgress });
  });
}

/** The log of one process, as lines. */
export const createNodeLog = createStreamLog;
