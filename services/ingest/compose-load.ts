import { availableParallelism } from "node:os";
import { join } from "node:path";
import { composeEmbedded as composeValidate } from "#services/validate/compose-embedded.ts";
import { runValidate } from "#services/validate/container.ts";
import { createValidator } from "#services/validate/core.ts";
import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { fillGeneration } from "#shared/adapters/embedded/import-snapshot.ts";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { openLevelCoinStore } from "#shared/adapters/embedded/level-coin-store.ts";
import { openLevelHeaderStore } from "#shared/adapters/embedded/level-header-store.ts";
import { createMemoryWorkQueue } from "#shared/adapters/embedded/memory-work-queue.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { publishSnapshot, readSnapshotName } from "#shared/adapters/embedded/snapshot-files.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { SEGMENT_BLOCKS } from "#shared/coins/segment.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { AcceptedHint } from "#shared/messages/accepted-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Log } from "#shared/ports/log.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { parseHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { composeConnections } from "./compose-connections.ts";
import { composeEmbedded as composeIngest } from "./compose-embedded.ts";
import { runIngest } from "./container.ts";
import { noteTotals, segmentEnd } from "./load/note-totals.ts";
import type { LoadDeps } from "./load/run-load.ts";
import type { LoadedSet } from "./load/switch-generation.ts";
import { runTogether } from "./run-together.ts";

/** A chain that is downloaded to the disk of a task. */
export interface DownloadOptions {
  readonly network: Network;
  /** Holds the stores, and the set once it is written; a second run goes on from there. */
  readonly folder: string;
  readonly connect: readonly Endpoint[];
  readonly userAgent: string;
  /** What an operator vouches for, instead of what was judged here. */
  readonly trust?: string | undefined;
  readonly log: Log;
  /** Where the set goes. */
  readonly city: Filling;
  /** A cheaper way there, by files beside the set of this name, where the endpoint has it. */
  readonly importing?: (name: string) => SetImport;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

type Filling = Pick<CoinStore, "createGeneration" | "apply" | "dropGeneration">;

/** Fills a generation at once, when everything was applied. */
interface SetImport {
  readonly coins: Filling;
  /** @returns `false` where there is no such way, and nothing was made */
  finish(generation: number): Promise<boolean>;
}

/** What a city is loaded from. */
export interface LoadSource extends Pick<LoadDeps, "prepare">, AsyncDisposable {
  readonly coins: CoinStore;
}

/** Blocks that are connected before somebody looks whether another segment came to its end. */
const COMMITTED_MAX = 64;
/** A download that stands still for so long with nothing left to ask for has caught up. */
const STILL_MS = 5_000;
const LOOK_MS = 200;
const CACHE_MEBIBYTES = 1_024;
const MEBIBYTE = 1_048_576;

type Disk = Awaited<ReturnType<typeof openDisk>>;

/**
 * Stores on the disk of a task, and what fills them from peers. Dispose of it to close them.
 *
 * @throws StoreFault when they cannot be opened
 */
export async function composeLoad(options: DownloadOptions): Promise<LoadSource> {
  const disk = await openDisk(options);
  const { stores } = disk;
  return {
    ...stores,
    async prepare(signal) {
      await download(disk, options, signal);
      signal.throwIfAborted();
      const { path, trust } = await writeSet(disk, options);
      return {
        ...stores,
        fill: () => fillFrom(path, trust, options),
        publish: (snapshots) => publishSnapshot(path, snapshots),
      };
    },
    [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose](),
  };
}

/**
 * The same network whose chains become final a segment later: so long the store keeps what it takes
 * to count at the end of one, and to write the set at it.
 */
function keptLonger(network: Network, segmentBlocks: number): Network {
  const { consensus } = network;
  const reorgBlocksMax = consensus.reorgBlocksMax + segmentBlocks + COMMITTED_MAX;
  return { ...network, consensus: { ...consensus, reorgBlocksMax } };
}

async function openDisk(options: DownloadOptions) {
  const { network, log, folder: root, segmentBlocks = SEGMENT_BLOCKS } = options;
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
  const committed: WorkQueue<TipHint> = {
    async send(hint) {
      await noteTotals({ ...stores, network, segmentBlocks });
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
  return { ...{ stores, shared, folder, validate, accepted }, [Symbol.asyncDispose]: dispose };
}

/** Follow the peers until nothing is left to ask them for, and flush. */
async function download(
  { shared, folder, validate, accepted }: Disk,
  { connect, userAgent }: DownloadOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, follow } = shared;
  const validator = createValidator(validate.deps);
  const ingest = await composeIngest({ ...shared, chain: validator, checkpoints: "assert" });
  await using connections = await composeConnections(
    {
      ...shared,
      openSession: ingest.open,
      height: () => ingest.progress().height,
      adjustTime: (seconds) => clock.adjust(seconds),
    },
    { folder: folder.path, askSeeds: connect.length === 0, settings: { userAgent, connect } },
  );
  const { deps } = validate;
  const { flushWhenDue } = deps;
  await runTogether(
    [
      (end) => runValidate({ validator, connect: validate.connect, clock, flushWhenDue }, end),
      (end) => runIngest({ ingest, announce: follow, accepted, clock }, end),
      (end) => connections.run(end),
      (end) => untilStill(ingest.progress, clock, end),
    ],
    signal,
  );
  await deps.flush();
}

/** Ends when the chain of the peers is here. */
async function untilStill(
  progress: () => { readonly phase: string; readonly height: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let still = { height: -1, sinceMs: clock.elapsedMs() };
  while (!signal.aborted) {
    const { phase, height } = progress();
    if (phase !== "tip" || height !== still.height) still = { height, sinceMs: clock.elapsedMs() };
    if (clock.elapsedMs() - still.sinceMs >= STILL_MS) return;
    await sleepOrStop(clock, LOOK_MS, signal);
  }
}

/**
 * Write the set at the end of the newest segment that is final, which no tip of the city leaves again;
 * of a chain that is too short for one, at its newest final block.
 *
 * @returns its folder, and its set hash: every block of it was judged here
 * @source cloud.md 5.3, 5.4
 */
async function writeSet(
  { stores, folder }: Disk,
  { network, userAgent, segmentBlocks = SEGMENT_BLOCKS }: DownloadOptions,
): Promise<{ readonly path: string; readonly trust: HashHex }> {
  const tip = await stores.coins.tip();
  const final = (tip?.height ?? 0) - network.consensus.reorgBlocksMax;
  if (tip === undefined || final <= 0) throw nothingFinal(tip?.height ?? 0);
  const end = segmentEnd(final, segmentBlocks);
  const at = end > 0 ? end : final;
  const path = join(folder.path, `set-${at}`);
  const source = { network, program: userAgent, ...stores };
  const { muhash, hash } = await exportSnapshot(source, path, at);
  const noted = (await stores.headers.get(hash))?.totals;
  const { dialect } = network.consensus;
  const counted = noted && toHashHex(RunningTotals.decode(dialect, noted).totals().muhash);
  if (counted !== undefined && counted !== muhash) {
    throw new StoreFault(
      `The set at ${at} has the hash ${muhash}, and ${counted} by its changes.`,
      { retryable: false, code: "EXOS-E1004" },
    );
  }
  return { path, trust: muhash };
}

async function fillFrom(
  path: string,
  trust: HashHex,
  { network, city, trust: vouched, importing, log }: DownloadOptions,
): Promise<LoadedSet> {
  const named = vouched === undefined ? undefined : parseHashHex(vouched);
  // Headers go where the chain is copied.
  const headers = { put: () => Promise.resolve() };
  const target = { network, coins: city, headers, trust: named ?? trust };
  const byFiles = importing?.(readSnapshotName(path));
  const imported = byFiles && (await fillGeneration({ ...target, coins: byFiles.coins }, path));
  const isDone = imported !== undefined && (await byFiles?.finish(imported.generation)) === true;
  log.info("generation filled", { by: isDone ? "ImportTable" : "updates" });
  const { manifest, ...set } = isDone ? imported : await fillGeneration(target, path);
  return { ...set, at: manifest };
}

function nothingFinal(height: number): StoreFault {
  return new StoreFault(
    `The chain ends at ${height} and nothing of it is final: nothing to load.`,
    {
      retryable: false,
      code: "EXOS-E8132",
    },
  );
}
