import { availableParallelism } from "node:os";
import { composeEmbedded as composeValidate } from "#services/validate/compose-embedded.ts";
import { createValidator } from "#services/validate/core.ts";
import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { openLevelCoinStore } from "#shared/adapters/embedded/level-coin-store.ts";
import { openLevelHeaderStore } from "#shared/adapters/embedded/level-header-store.ts";
import { createMemoryWorkQueue } from "#shared/adapters/embedded/memory-work-queue.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { AcceptedHint } from "#shared/messages/accepted-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Log } from "#shared/ports/log.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { noteTotals } from "./load/note-totals.ts";

/** Where a chain is judged. */
export interface DiskOptions {
  readonly network: Network;
  /** Holds the stores; a second run goes on from there. */
  readonly folder: string;
  /** Blocks of one segment. */
  readonly segmentBlocks: number;
  /** Of a chain that is known to be final, the totals are noted up to its end. */
  readonly isFinal?: boolean;
  readonly log: Log;
}

/** Stores on the disk of a task, and the service that judges blocks into them. */
export type Disk = Awaited<ReturnType<typeof composeDisk>>;

/** Blocks that are connected before somebody looks whether another segment came to its end. */
const COMMITTED_MAX = 64;
const CACHE_MEBIBYTES = 1_024;
const MEBIBYTE = 1_048_576;

/**
 * The same network whose chains become final a segment later: so long the store keeps what it takes
 * to count at the end of one, and to write the set at it.
 */
function keptLonger(network: Network, segmentBlocks: number): Network {
  const { consensus } = network;
  const reorgBlocksMax = consensus.reorgBlocksMax + segmentBlocks + COMMITTED_MAX;
  return { ...network, consensus: { ...consensus, reorgBlocksMax } };
}

function neverChanged(network: Network): Pick<Network, "consensus"> {
  return { consensus: { ...network.consensus, reorgBlocksMax: 0 } };
}

/**
 * Stores in a folder, with the totals of the set noted at the end of each segment as it is connected.
 *
 * @throws StoreFault when they cannot be opened
 */
export async function composeDisk(options: DiskOptions) {
  const { network, log, folder: root, segmentBlocks } = options;
  const stack = new AsyncDisposableStack();
  const genesis = toHashHex(network.consensus.genesis.hash);
  const folder = stack.use(await openDataFolder({ root, network: network.name, genesis }));
  const { dialect } = network.consensus;
  const cacheMebibytes = CACHE_MEBIBYTES;
  const stores = {
    blocks: stack.use(await openLevelBlockStore(folder.blocks)),
    headers: stack.use(await openLevelHeaderStore(folder.headers)),
    coins: stack.use(await openLevelCoinStore({ folder: folder.coins, dialect, cacheMebibytes })),
  };
  const clock = createSystemClock();
  const metrics = createPrometheusMetrics();
  const queue = <Message>(name: string) =>
    createMemoryWorkQueue<Message>({
      name,
      clock,
      log: log.module(name),
      metrics,
      concurrency: 1,
      visibilityMs: 1_000,
      attemptsMax: 8,
      latestOnly: true,
    });
  const follow = queue<TipHint>("follow");
  const own = keptLonger(network, segmentBlocks);
  const shared = { ...stores, network: own, clock, metrics, log, follow };
  const settled = options.isFinal === true ? neverChanged(network) : network;
  const committed: WorkQueue<TipHint> = {
    async send(hint) {
      await noteTotals({ ...stores, network: settled, segmentBlocks });
      await follow.send(hint);
    },
  };
  const validate = stack.use(
    composeValidate(
      { ...shared, follow: committed },
      {
        jobs: Math.max(0, availableParallelism() - 1),
        cacheBytesMax: cacheMebibytes * MEBIBYTE,
      },
    ),
  );
  stack.defer(() => validate.deps.flush());
  const accepted = queue<AcceptedHint>("accepted");
  const dispose = () => stack.disposeAsync();
  const validator = createValidator(validate.deps);
  return {
    ...{ stores, shared, folder, validate, validator, accepted },
    [Symbol.asyncDispose]: dispose,
  };
}
