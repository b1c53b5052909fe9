import { join } from "node:path";
import { exportSnapshot, type SettledBlock } from "#shared/adapters/embedded/export-snapshot.ts";
import { readManifests } from "#shared/adapters/embedded/snapshot-files.ts";
import { SEGMENT_BLOCKS, segmentOf } from "#shared/coins/segment.ts";
import type { SnapshotManifest } from "#shared/coins/snapshot-manifest.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Log } from "#shared/ports/log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { composeDisk, type Disk } from "./compose-disk.ts";
import type { ExportedCity } from "./compose-export.ts";
import { restoreSet } from "./compose-set.ts";
import { segmentBodies } from "./segment-pieces.ts";

/** Where a set is written, and who tells of it. */
export interface ForwardOptions {
  /** Of the set. */
  readonly path: string;
  /** Of this task. */
  readonly folder: string;
  readonly program: string;
  readonly log: Log;
}

/** Segments beyond which reading the tables is the cheaper way. */
const SEGMENTS_MAX = 64;

/**
 * Write the set at the end of a segment out of an earlier one that the city published, and the segments
 * since: it asks the tables for the hashes of these blocks alone, where a scan of the coins and of the
 * headers of a long chain costs more than the task.
 *
 * @returns `false` where the city has published none that its digests confirm
 * @throws StoreFault when the world failed; `EXOS-E1004` when what came out has another digest
 */
export async function forwardSet(
  city: ExportedCity,
  settled: SettledBlock,
  { path, folder, program, log }: ForwardOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { network, segmentBlocks = SEGMENT_BLOCKS } = city;
  const begin = await newestBelow(city, settled);
  if (begin === undefined) return false;
  const own = { network, log, segmentBlocks };
  const root = join(folder, `from-${begin.height}`);
  await using disk = await composeDisk({ ...own, folder: root, isFinal: true });
  await restoreSet(disk, { snapshots: city.snapshots, trust: begin.muhash }, own);
  await connectSegments(disk, { city, from: begin.height + 1, to: settled }, signal);
  const { muhash, hash } = await exportSnapshot({ network, program, ...disk.stores }, path);
  if (muhash === settled.muhash && hash === settled.record.hash) return true;
  const { height } = settled.record;
  throw new StoreFault(
    `The set at ${height} is ${muhash} from ${begin.height} on, and ${settled.muhash} by its changes.`,
    { retryable: false, code: "EXOS-E1004" },
  );
}

/** The highest published set below a block that is of our chain, with the digest that was noted. */
async function newestBelow(
  { network, coins, segments, snapshots, segmentBlocks = SEGMENT_BLOCKS }: ExportedCity,
  { record }: SettledBlock,
): Promise<SnapshotManifest | undefined> {
  const tip = await coins.tip();
  const lowest = record.height - SEGMENTS_MAX * segmentBlocks;
  for (const manifest of await readManifests(snapshots, network.name)) {
    const { height, hash, muhash } = manifest;
    const isEnd = (height + 1) % segmentBlocks === 0;
    if (tip === undefined || !isEnd || height >= record.height || height < lowest) continue;
    const noted = await segments.info(segmentOf(height, segmentBlocks));
    if (noted?.muhash !== muhash) continue;
    if ((await activeHashAt(height, tip, coins)) === hash) return manifest;
  }
  return undefined;
}

interface Stretch {
  readonly city: ExportedCity;
  /** First block of a segment. */
  readonly from: number;
  readonly to: SettledBlock;
}

/** Judge and connect whole segments. */
async function connectSegments(
  { validator, validate }: Disk,
  { city, from, to }: Stretch,
  signal: AbortSignal,
): Promise<void> {
  const { segments, coins, segmentBlocks = SEGMENT_BLOCKS } = city;
  const tip = await coins.tip();
  const receiver = validator.receive();
  await validator.tip();
  for (let first = from; first <= to.record.height; first += segmentBlocks) {
    const index = segmentOf(first, segmentBlocks);
    const pieces = await segments.read(index);
    if (tip === undefined || pieces === undefined) throw broken(`segment ${index} is missing`);
    const hashes = await hashesFrom(first, segmentBlocks, tip, coins);
    for await (const body of segmentBodies(pieces, hashes)) {
      signal.throwIfAborted();
      const { state } = await receiver.take(body);
      if (state !== "accepted" && state !== "known") {
        throw broken(`a block of segment ${index} is ${state}`);
      }
    }
  }
  await receiver.settle();
  await validate.deps.flush();
}

/** Hashes of heights that follow each other, each group of the frozen ones read once. */
async function hashesFrom(
  first: number,
  count: number,
  tip: Tip,
  coins: Pick<CoinStore, "frozen">,
): Promise<readonly HashHex[]> {
  const groups = new Map<number, ReturnType<CoinStore["frozen"]>>();
  const once: Pick<CoinStore, "frozen"> = {
    frozen(group) {
      const known = groups.get(group) ?? coins.frozen(group);
      groups.set(group, known);
      return known;
    },
  };
  const hashes: HashHex[] = [];
  for (let at = first; at < first + count; at++) {
    const hash = await activeHashAt(at, tip, once);
    if (hash === undefined) throw broken(`block ${at} is missing`);
    hashes.push(hash);
  }
  return hashes;
}

function broken(what: string): StoreFault {
  return new StoreFault(`Writing the set: ${what}.`, { retryable: false, code: "EXOS-E1004" });
}
