import { join } from "node:path";
import { runValidate } from "#services/validate/container.ts";
import { SEGMENT_BLOCKS } from "#shared/coins/segment.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Log } from "#shared/ports/log.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import type { Endpoint } from "#shared/ports/transport.ts";
import { composeConnections } from "./compose-connections.ts";
import { composeDisk, type Disk } from "./compose-disk.ts";
import { composeEmbedded as composeIngest } from "./compose-embedded.ts";
import { publishSet } from "./compose-publish.ts";
import { composeReplay } from "./compose-replay.ts";
import { type FillOptions, fillSet, restoreSet, type SetSource, writeSet } from "./compose-set.ts";
import { runIngest } from "./container.ts";
import type { BelowSnapshot } from "./load/copy-chain.ts";
import type { LoadDeps } from "./load/run-load.ts";
import { runTogether } from "./run-together.ts";

/** Whose snapshot a chain may begin with. */
export interface SnapshotSource extends SetSource {
  readonly segments: BelowSnapshot["segments"];
}

/** A chain that is downloaded to the disk of a task. */
export interface DownloadOptions extends FillOptions {
  /** Holds the stores, and the set once it is written; a second run goes on from there. */
  readonly folder: string;
  readonly connect: readonly Endpoint[];
  readonly userAgent: string;
  /** Without it, every block is judged from genesis. */
  readonly source?: SnapshotSource | undefined;
  readonly log: Log;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/** What a city is loaded from. */
export interface LoadSource extends Pick<LoadDeps, "prepare">, AsyncDisposable {
  readonly coins: CoinStore;
}

/** A download that stands still for so long with nothing left to ask for has caught up. */
const STILL_MS = 5_000;
const LOOK_MS = 200;

/**
 * Stores on the disk of a task, and what fills them from a snapshot and from peers. Dispose of it to
 * close them.
 *
 * @throws StoreFault when they cannot be opened
 */
export async function composeLoad(options: DownloadOptions): Promise<LoadSource> {
  const { network, log, folder, source, segmentBlocks = SEGMENT_BLOCKS } = options;
  const own = { network, log, segmentBlocks };
  const disk = await composeDisk({ ...own, folder });
  const { stores } = disk;
  return {
    ...stores,
    async prepare(signal) {
      if (source !== undefined) await restoreSet(disk, source, own);
      await download(disk, options, signal);
      signal.throwIfAborted();
      const set = await writeSet(disk, { ...own, userAgent: options.userAgent });
      const height = (await stores.coins.tip())?.floor ?? 0;
      const assumed = set.assumed && source?.judged !== height;
      return {
        ...stores,
        below: source && { segments: source.segments, height },
        fill: () => fillSet({ ...set, assumed }, options),
        publish: (to) => publishSet(set.path, to),
        replay: (loaded, city, stop) =>
          composeReplay(loaded, city, { ...own, folder: join(folder, "replay") }, stop),
      };
    },
    [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose](),
  };
}

/** Follow the peers until nothing is left to ask them for, and flush. */
async function download(
  { shared, folder, validate, validator, accepted }: Disk,
  { connect, userAgent }: DownloadOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, follow } = shared;
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
