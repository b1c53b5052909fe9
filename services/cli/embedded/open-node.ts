import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { openPool } from "#services/cli/embedded/open-pool.ts";
import { createTipFan } from "#services/cli/embedded/tip-fan.ts";
import { together } from "#services/cli/together.ts";
import { createStaker, type StakeDeps, type Staker } from "#services/stake/core.ts";
import { composeEmbedded as composeValidate } from "#services/validate/compose-embedded.ts";
import { runValidate } from "#services/validate/container.ts";
import { createValidator, type Validator, type ValidatorDeps } from "#services/validate/core.ts";
import { type DataFolder, openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
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
import { measureStore, type StoreMeasure } from "#shared/adapters/embedded/measure-store.ts";
import type { MemoryWorkQueue } from "#shared/adapters/embedded/memory-work-queue.ts";
import { withProcessMetrics } from "#shared/adapters/embedded/process-metrics.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { createSystemClock, type SystemClock } from "#shared/adapters/embedded/system-clock.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { PoolPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { AcceptedHint } from "#shared/messages/accepted-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { TraceSettings, Traces } from "#shared/ports/traces.ts";
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
  /** What the operator changes of the network's policy for the pool. */
  readonly poolPolicy?: Partial<PoolPolicy>;
  /** Nothing is traced unless given. */
  readonly traces?: TraceSettings | undefined;
}

interface NodeStores {
  readonly blocks: LevelBlockStore;
  readonly headers: LevelHeaderStore;
  readonly coins: LevelCoinStore;
}

/** What a block costs each store; a header is looked up too often to be timed. */
function measureStores(
  { blocks, headers, coins }: NodeStores,
  means: Pick<StoreMeasure<object>, "metrics" | "clock">,
): NodeStores {
  return {
    blocks: measureStore(blocks, { ...means, name: "blocks", operations: ["get", "put"] }),
    headers: measureStore(headers, { ...means, name: "headers", operations: ["put", "getMany"] }),
    coins: measureStore(coins, {
      ...means,
      name: "coins",
      operations: ["read", "apply", "commit", "flush"],
    }),
  };
}

type Minting = Pick<StakeDeps, "submit" | "pause">;
type VerdictListener = NonNullable<ValidatorDeps["rejected"]>;

function mintingOf(validator: Validator, { pause }: Pick<ValidatorDeps, "pause">): Minting {
  return {
    pause,
    async submit(block) {
      const submission = await validator.submit(block);
      if (submission.state === "judged") return submission;
      throw new RangeError(`a block of our own does not decode: ${submission.reason}`);
    },
  };
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
  /** `undefined` where nothing is traced. */
  readonly traces: Traces | undefined;
  readonly validator: Validator;
  readonly staker: Staker;
  /** How whoever makes a block hands it in, and gives others their turn. */
  readonly minting: Minting;
  /** Tells followers that the tip moved; nobody consumes it unless `run` was called. */
  readonly follow: MemoryWorkQueue<TipHint>;
  /** A further follower of the tip, with a queue of its own. */
  follower(name: string): MemoryWorkQueue<TipHint>;
  /** Transactions that wait for a block, on the tip whenever they are asked for. */
  readonly mempool: Mempool;
  /** A further queue that is told of every transaction that enters. @param name of it, in logs */
  accepted(name: string): MemoryWorkQueue<AcceptedHint>;
  /** Be told of every block that is found bad after it was stored. */
  onVerdict(listener: VerdictListener): void;
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
    const traces = createLateTraces(options.traces, { clock, log });
    // The last thing that is done: whatever is closed before is told of.
    stack.defer(() => traces?.flush());
    const metrics = stack.use(withProcessMetrics(createPrometheusMetrics()));
    const genesis = toHashHex(network.consensus.genesis.hash);
    const folder = stack.use(
      await openDataFolder({ root: options.root, network: network.name, genesis }),
    );
    const cacheMebibytes = options.cacheMebibytes ?? CACHE_MEBIBYTES;
    const { dialect } = network.consensus;
    const stores = {
      blocks: stack.use(await openLevelBlockStore(folder.blocks)),
      headers: stack.use(await openLevelHeaderStore(folder.headers)),
      coins: stack.use(await openLevelCoinStore({ folder: folder.coins, dialect, cacheMebibytes })),
    };
    const { blocks, headers, coins } = measureStores(stores, { metrics, clock });
    const tips = createTipFan({ clock, log, metrics, traces });
    const follow = tips.follower("follow");
    const verdicts = new Set<VerdictListener>();
    const shared = { network, blocks, headers, coins, clock, metrics, log, traces, follow };
    const validate = stack.use(
      composeValidate(
        { ...shared, follow: tips },
        {
          jobs: options.jobs ?? Math.max(0, availableParallelism() - 1),
          cacheBytesMax: cacheMebibytes * MEBIBYTE,
          ...(options.policy === undefined ? {} : { policy: options.policy }),
          ...(options.flushBlocks === undefined ? {} : { flushBlocks: options.flushBlocks }),
          rejected(bad) {
            for (const listener of verdicts) listener(bad);
          },
        },
      ),
    );
    const { deps } = validate;
    const pool = await openPool(
      { ...shared, scripts: deps.scripts, follow: tips.follower("pool") },
      { path: folder.mempool, policy: options.poolPolicy ?? {} },
    );
    stack.defer(() => deps.flush());
    const validator = createValidator(deps);
    const minting = mintingOf(validator, deps);
    const node = {
      ...shared,
      folder,
      validator,
      minting,
      staker: createStaker({
        network,
        clock,
        mempool: pool.mempool,
        tip: () => validator.tip(),
        ...minting,
      }),
      follower: tips.follower,
      onVerdict: (listener: VerdictListener) => void verdicts.add(listener),
      tip: () => validator.tip(),
      flush: deps.flush,
      mempool: pool.mempool,
      accepted: pool.accepted,
      run(signal: AbortSignal) {
        const { connect } = validate;
        const { flushWhenDue } = deps;
        const container = { validator, connect, clock, flushWhenDue };
        return together([(until) => runValidate(container, until), pool.run], signal);
      },
    };
    const held = stack.move();
    return { ...node, [Symbol.asyncDispose]: () => held.disposeAsync() };
  } catch (cause) {
    await stack.disposeAsync();
    throw cause;
  }
}
