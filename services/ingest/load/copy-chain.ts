import { declareSegment, findSegment } from "#services/ingest/declared-segment.ts";
import { keepSegment } from "#services/ingest/keep-segment.ts";
import { checkSegment, writeSegment } from "#services/ingest/segment-pieces.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { SEGMENT_BLOCKS, segmentOf } from "#shared/coins/segment.ts";
import { FROZEN_GROUP } from "#shared/coins/view.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { HeaderStore, StoredHeader } from "#shared/ports/header-store.ts";
import type { Segments } from "#shared/ports/segments.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { LoadedSet } from "./switch-generation.ts";

/** Segments of whoever wrote a snapshot. */
export interface BelowSnapshot {
  readonly segments: Pick<Segments, "read">;
  /** Of the snapshot: bodies up to it are in segments alone. */
  readonly height: number;
}

/** Where the chain is read, and where a city keeps it. */
export interface CopyDeps {
  readonly network: Pick<Network, "consensus">;
  readonly from: {
    readonly headers: Pick<HeaderStore, "getMany">;
    readonly blocks: Pick<BlockStore, "get">;
    /** Where the blocks below a snapshot are, of which the chain was loaded. */
    readonly below?: BelowSnapshot | undefined;
  };
  readonly headers: HeaderStore;
  readonly blocks: BlockStore;
  readonly segments: Segments;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/** Headers that a reader near the tip asks for all the time: as items, besides their segment. */
const LOOSE_BLOCKS = 640;

/**
 * Note the digest at the end of each segment that has none, once a replay counted it.
 *
 * @param headers of the replay, with the totals that it noted
 * @throws StoreFault `EXOS-E1004` where the city had noted another one
 */
export async function noteDigests(
  set: Pick<LoadedSet, "frozen" | "win">,
  deps: Pick<CopyDeps, "network" | "segments" | "segmentBlocks">,
  headers: Pick<HeaderStore, "getMany">,
): Promise<void> {
  const { segmentBlocks = SEGMENT_BLOCKS } = deps;
  const hashes = [...set.frozen.flatMap((group) => group.hashes), ...set.win];
  for (let end = segmentBlocks - 1; end < hashes.length; end += segmentBlocks) {
    const [stored] = await headers.getMany(hashes.slice(end, end + 1));
    const index = segmentOf(end, segmentBlocks);
    await noteDigest(index, muhashOf(stored, deps.network), deps.segments);
  }
}

async function noteDigest(
  index: number,
  muhash: HashHex | undefined,
  segments: Segments,
): Promise<void> {
  const known = await segments.info(index);
  if (known === undefined || muhash === undefined) return;
  if (known.muhash === undefined) {
    return declareSegment(index, { ...known, muhash }, known, segments);
  }
  if (known.muhash === muhash) return;
  throw new StoreFault(
    `Segment ${index}: the city counted ${known.muhash} at its end, the loaded chain ${muhash}.`,
    { retryable: false, code: "EXOS-E1004" },
  );
}

/**
 * Bring the blocks of a loaded chain into the city: whole segments as objects, what is left and the
 * headers of the last window as items. What of it is there already is left as it is, so whoever was
 * killed begins again.
 *
 * @throws StoreFault when the world failed, or a body is not where the chain was loaded
 * @source cloud.md 5.4
 */
export async function copyChain(
  set: LoadedSet,
  deps: CopyDeps,
  signal: AbortSignal,
): Promise<void> {
  const { segmentBlocks = SEGMENT_BLOCKS } = deps;
  const hashes = [...set.frozen.flatMap((group) => group.hashes), ...set.win];
  const whole = segmentOf(hashes.length, segmentBlocks);
  for (let index = 0; index < whole; index++) {
    signal.throwIfAborted();
    const first = index * segmentBlocks;
    await copySegment(index, hashes.slice(first, first + segmentBlocks), set, deps);
  }
  const packed = whole * segmentBlocks;
  const loose = Math.min(packed, Math.max(0, hashes.length - LOOSE_BLOCKS));
  for (let from = loose; from < hashes.length; from += FROZEN_GROUP) {
    signal.throwIfAborted();
    const part = hashes.slice(from, from + FROZEN_GROUP);
    const stored = await deps.from.headers.getMany(part);
    for (const [at, one] of stored.entries()) {
      if (one === undefined) throw gone(`header ${part[at]}`);
      await copyHeader(one, from + at < packed, deps);
    }
  }
  await deps.headers.setApplied(set.at.hash, set.generation, set.totals);
}

async function copySegment(
  index: number,
  hashes: readonly HashHex[],
  { assumed }: Pick<LoadedSet, "assumed">,
  { network, from, segments, segmentBlocks = SEGMENT_BLOCKS }: CopyDeps,
): Promise<void> {
  const packed = hashes.map((hash, at) => ({ hash, height: height(index * segmentBlocks + at) }));
  const { info: before, isRight } = await findSegment(index, hashes, segments);
  const stored = await from.headers.getMany(isRight ? hashes.slice(-1) : hashes);
  // What is only assumed is no witness for others.
  const muhash = assumed ? undefined : muhashOf(stored.at(-1), network);
  if (!isRight) {
    const end = (index + 1) * segmentBlocks - 1;
    const isBelow = from.below !== undefined && end <= from.below.height;
    const pieces = async () =>
      isBelow
        ? foreignSegment(index, hashes, from.below.segments)
        : ownSegment(hashes, stored, from);
    const info = await keepSegment({ index, hashes, pieces }, segments);
    await declareSegment(index, { ...info, muhash }, before, segments);
  } else await noteDigest(index, muhash, segments);
  await segments.list(packed);
}

/** Read to its end before a byte of it is kept: objects are never replaced. */
async function foreignSegment(
  index: number,
  hashes: readonly HashHex[],
  source: BelowSnapshot["segments"],
): Promise<AsyncIterable<Uint8Array>> {
  const open = async () => {
    const pieces = await source.read(index);
    if (pieces === undefined) throw gone(`segment ${index}`);
    return pieces;
  };
  await checkSegment(await open(), hashes);
  return open();
}

function ownSegment(
  hashes: readonly HashHex[],
  stored: readonly (StoredHeader | undefined)[],
  { blocks }: CopyDeps["from"],
): AsyncIterable<Uint8Array> {
  const records = stored.map((one, at) => {
    if (one === undefined) throw gone(`header ${hashes[at]}`);
    return one.record;
  });
  const body = async (hash: HashHex) =>
    (await blocks.get(hash)) ?? Promise.reject(gone(`body ${hash}`));
  return writeSegment({ records, body });
}

/** Set hash after a block, where its loader noted the totals. */
function muhashOf(
  stored: StoredHeader | undefined,
  { consensus }: Pick<Network, "consensus">,
): HashHex | undefined {
  if (stored?.totals === undefined) return undefined;
  return toHashHex(RunningTotals.decode(consensus.dialect, stored.totals).totals().muhash);
}

/** What is known of a block that its loader judged. */
async function copyHeader(
  { record, bodySize }: StoredHeader,
  isPacked: boolean,
  { from, headers, blocks }: CopyDeps,
): Promise<void> {
  const body = isPacked ? undefined : await from.blocks.get(record.hash);
  if (!isPacked && body === undefined) throw gone(`body ${record.hash}`);
  await headers.put(record);
  if (body !== undefined) await blocks.put(record.hash, body);
  await headers.setBodySize(record.hash, body?.length ?? bodySize ?? 0);
  await headers.setChecked(record.hash);
}

function gone(what: string): StoreFault {
  return new StoreFault(`Loading: ${what} is missing where the chain was loaded.`, {
    retryable: false,
    code: "EXOS-E1004",
  });
}
