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

/** Where the chain is read, and where a city keeps it. */
export interface CopyDeps {
  readonly network: Pick<Network, "consensus">;
  readonly from: {
    readonly headers: Pick<HeaderStore, "getMany">;
    readonly blocks: Pick<BlockStore, "get">;
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
 * Bring the blocks of a loaded chain into the city: whole segments as objects, what is left and the
 * headers of the last window as items. What is there already is left as it is, so whoever was killed
 * begins again.
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
    await copySegment(index, hashes.slice(first, first + segmentBlocks), deps);
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
  { network, from, segments, segmentBlocks = SEGMENT_BLOCKS }: CopyDeps,
): Promise<void> {
  const packed = hashes.map((hash, at) => ({ hash, height: height(index * segmentBlocks + at) }));
  const known = await segments.info(index);
  const stored = await from.headers.getMany(known === undefined ? hashes : hashes.slice(-1));
  const muhash = muhashOf(stored.at(-1), network);
  if (known === undefined) {
    const records = stored.map((one, at) => {
      if (one === undefined) throw gone(`header ${hashes[at]}`);
      return one.record;
    });
    const body = async (hash: HashHex) =>
      (await from.blocks.get(hash)) ?? Promise.reject(gone(`body ${hash}`));
    await segments.write(index, writeSegment({ records, body }));
    const written = await segments.read(index);
    if (written === undefined) throw gone(`segment ${index}`);
    await segments.declare(index, { ...(await checkSegment(written, hashes)), muhash });
  } else if (known.muhash === undefined && muhash !== undefined) {
    await segments.declare(index, { ...known, muhash });
  } else if (known.muhash !== muhash && muhash !== undefined) {
    throw new StoreFault(
      `Segment ${index}: the city counted ${known.muhash} at its end, the loaded chain ${muhash}.`,
      { retryable: false, code: "EXOS-E1004" },
    );
  }
  await segments.list(packed);
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
