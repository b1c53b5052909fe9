import { segmentBodies } from "#services/ingest/segment-pieces.ts";
import { segmentOf } from "#shared/coins/segment.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Segments } from "#shared/ports/segments.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { LoadedSet } from "./switch-generation.ts";

/** Where the blocks of a loaded city are. */
export interface ReplaySource {
  readonly segments: Pick<Segments, "read">;
  readonly blocks: Pick<BlockStore, "get">;
}

/** What a replay must end in. */
export type ReplayedSet = Pick<LoadedSet, "frozen" | "win"> & {
  readonly at: Pick<LoadedSet["at"], "height" | "hash">;
};

/** A chain that was judged from genesis. */
export interface ReplayedChain {
  /** Of the unspent set at its end. */
  readonly muhash: HashHex;
  /** With the totals at the end of each segment. */
  readonly headers: Pick<HeaderStore, "getMany">;
}

/** What judges blocks. */
export interface ReplayDeps extends ReplaySource {
  readonly receiver: {
    take(bytes: Uint8Array): Promise<{ readonly state: string }>;
    settle(): Promise<void>;
  };
  /** Of what was judged so far. */
  tip(): Promise<Tip | undefined>;
  readonly segmentBlocks: number;
}

/**
 * Judge every block up to the set's, in order, or go on where that was left.
 *
 * @throws StoreFault `EXOS-E8134` when one of them does not stand; others when the world failed
 * @source cloud.md 5.4 "Trust"
 */
export async function replayChain(
  { frozen, win, at }: ReplayedSet,
  deps: ReplayDeps,
  signal: AbortSignal,
): Promise<void> {
  const { receiver } = deps;
  const hashes = [...frozen.flatMap((group) => group.hashes), ...win];
  const from = ((await deps.tip())?.height ?? 0) + 1;
  let height = segmentOf(from, deps.segmentBlocks) * deps.segmentBlocks;
  for await (const body of bodiesFrom(height, hashes, deps)) {
    signal.throwIfAborted();
    if (height >= from) {
      const { state } = await receiver.take(body);
      if (state !== "accepted" && state !== "known") {
        throw refuted(`block ${hashes[height]} at height ${height} is ${state}`);
      }
    }
    height++;
  }
  await receiver.settle();
  const end = await deps.tip();
  if (end?.hash !== at.hash) throw refuted(`it ends at ${end?.height} ${end?.hash}`);
}

/** Whole segments, then block by block. */
async function* bodiesFrom(
  from: number,
  hashes: readonly HashHex[],
  { segments, blocks, segmentBlocks }: ReplayDeps,
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
  return new StoreFault(`Replay: the city has no ${what}.`, {
    retryable: false,
    code: "EXOS-E1004",
  });
}

function refuted(why: string): StoreFault {
  return new StoreFault(`The replay from genesis does not confirm what was loaded: ${why}.`, {
    retryable: false,
    code: "EXOS-E8134",
  });
}
