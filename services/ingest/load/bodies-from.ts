import { segmentBodies } from "#services/ingest/segment-pieces.ts";
import { segmentOf } from "#shared/coins/segment.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Segments } from "#shared/ports/segments.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** Where the blocks of a loaded city are. */
export interface LoadedBodies {
  readonly segments: Pick<Segments, "read">;
  readonly blocks: Pick<BlockStore, "get">;
  readonly segmentBlocks: number;
}

/**
 * The bodies of a chain in order: whole segments, then block by block. Nobody has checked more of them
 * than that they lie where they should.
 *
 * @param from height of the first block of a segment
 * @param hashes of the whole chain, from genesis on
 * @throws StoreFault `EXOS-E1004` when one is missing
 */
export async function* bodiesFrom(
  from: number,
  hashes: readonly HashHex[],
  { segments, blocks, segmentBlocks }: LoadedBodies,
): AsyncGenerator<Uint8Array> {
  let height = from;
  for (; height + segmentBlocks <= hashes.length; height += segmentBlocks) {
    const pieces = await segments.read(segmentOf(height, segmentBlocks));
    if (pieces === undefined) throw missing(`segment ${segmentOf(height, segmentBlocks)}`);
    yield* segmentBodies(pieces, hashes.slice(height, height + segmentBlocks));
  }
  for (const hash of hashes.slice(height)) {
    const body = await blocks.get(hash);
    if (body === undefined) throw missing(`block ${hash}`);
    yield body;
  }
}

function missing(what: string): StoreFault {
  return new StoreFault(`The city has no ${what} of the chain that was loaded.`, {
    retryable: false,
    code: "EXOS-E1004",
  });
}
