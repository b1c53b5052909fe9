import { DecodeFault, Reader } from "#shared/codec/reader.ts";
import {
  readSegmentRecord,
  recordOffset,
  SEGMENT_BLOCKS,
  SEGMENT_RECORD_BYTES,
  type SegmentRecord,
  segmentOf,
} from "#shared/coins/segment.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { PackedBodies } from "./aws-block-store.ts";
import type { PackedHeaders } from "./dynamo-header-store.ts";
import { brokenItem } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { indexedHeights, indexKey } from "./hash-index.ts";
import type { S3Objects } from "./s3-objects.ts";
import { segmentKey, segmentObject } from "./segment-items.ts";

/** Ranges on their way at once. */
const AT_ONCE = 16;
/** Between two records that are read at once: up to 27 KB more are cheaper than one more request. */
const GAP_PLACES = 64;
/** Records that are remembered: whoever shows a block asks for its header, then for its body. */
const REMEMBERED_MAX = 4_096;

export interface PackedBlocksOptions {
  /** The table `chain`. */
  readonly chain: DynamoTable;
  /** The bucket `chain`. */
  readonly objects: S3Objects;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/** Headers and bodies out of segments. */
export type PackedBlocks = PackedHeaders & PackedBodies;

/** A place in a segment, and what lies there. Neither ever changes. */
interface Place {
  readonly index: number;
  readonly found: SegmentRecord;
}

/** Where a block may stand, as the index says. */
interface Hit {
  readonly hash: HashHex;
  readonly height: number;
}

/** @source cloud.md 5.2 */
export function createPackedBlocks(options: PackedBlocksOptions): PackedBlocks {
  const { chain, objects, segmentBlocks = SEGMENT_BLOCKS } = options;
  const declared = new Set<number>();
  const places = new Map<HashHex, Place>();

  /** Whether a segment may be read: its object may be there before it was looked at. */
  async function isDeclared(index: number): Promise<boolean> {
    if (declared.has(index)) return true;
    if ((await chain.get(segmentKey(index))) === undefined) return false;
    declared.add(index);
    return true;
  }

  /** @param run of one segment, the lowest first @returns what stands where the index says */
  async function readRun(run: readonly Hit[]): Promise<[HashHex, Place][]> {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return [];
    const index = segmentOf(first.height, segmentBlocks);
    if (!(await isDeclared(index))) return [];
    const key = segmentObject(index);
    const from = recordOffset(first.height % segmentBlocks);
    const places = last.height - first.height + 1;
    const bytes = await objects.range(key, from, places * SEGMENT_RECORD_BYTES);
    if (bytes === undefined) throw brokenItem(`${key} is declared and cannot be read`);
    return run.flatMap(({ hash, height }) => {
      const record = bytes.subarray((height - first.height) * SEGMENT_RECORD_BYTES);
      const found = readRecord(record, key);
      return found.record.hash === hash ? [[hash, { index, found }]] : [];
    });
  }

  function remember(hash: HashHex, place: Place): void {
    places.set(hash, place);
    const [oldest] = places.keys();
    if (places.size > REMEMBERED_MAX && oldest !== undefined) places.delete(oldest);
  }

  async function find(hashes: readonly HashHex[]): Promise<(Place | undefined)[]> {
    const unknown = hashes.filter((hash) => !places.has(hash));
    const items = await chain.getMany(unknown.map(indexKey));
    const hits = unknown.flatMap((hash, at) => {
      const item = items[at];
      const heights = item === undefined ? [] : indexedHeights(hash, item);
      return heights.map((height) => ({ hash, height }));
    });
    const runs = await inParallel(runsOf(hits, segmentBlocks), AT_ONCE, readRun);
    const fresh = new Map(runs.flat());
    const found = hashes.map((hash) => places.get(hash) ?? fresh.get(hash));
    for (const [hash, place] of fresh) remember(hash, place);
    return found;
  }

  return {
    async headers(hashes) {
      return (await find(hashes)).map((place) =>
        place === undefined ? undefined : packedHeader(place.found),
      );
    },
    isKnown: (hash) => places.has(hash),
    async body(hash) {
      const [place] = await find([hash]);
      if (place === undefined) return undefined;
      const key = segmentObject(place.index);
      const { offset, length } = place.found;
      const bytes = await objects.range(key, offset, length);
      if (bytes?.length !== length) throw brokenItem(`${key} ends before the block ${hash}`);
      return bytes;
    },
  };
}

/** Hits whose records are read at once: near each other, and in one segment. */
function runsOf(hits: readonly Hit[], segmentBlocks: number): readonly (readonly Hit[])[] {
  const runs: Hit[][] = [];
  for (const hit of hits.toSorted((one, other) => one.height - other.height)) {
    const run = runs.at(-1);
    const last = run?.at(-1)?.height ?? -1;
    const isNear =
      hit.height - last <= GAP_PLACES &&
      segmentOf(last, segmentBlocks) === segmentOf(hit.height, segmentBlocks);
    if (isNear) run?.push(hit);
    else runs.push([hit]);
  }
  return runs;
}

function readRecord(bytes: Uint8Array, key: string): SegmentRecord {
  try {
    return readSegmentRecord(new Reader(bytes));
  } catch (cause) {
    throw cause instanceof DecodeFault ? brokenItem(`${key}, ${cause.message}`) : cause;
  }
}

/** A final block passed every stage, and is in the coins of every generation since. */
function packedHeader({ record, length }: SegmentRecord): StoredHeader {
  return {
    record,
    bodySize: length,
    checked: true,
    rejected: undefined,
    applied: [],
    totals: undefined,
  };
}
