import { segmentOf } from "#shared/coins/segment.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { bodiesFrom, type LoadedBodies } from "./bodies-from.ts";
import type { LoadedSet } from "./switch-generation.ts";

/** Where the blocks of a loaded city are. */
export type ReplaySource = Pick<LoadedBodies, "segments" | "blocks">;

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
export interface ReplayDeps extends LoadedBodies {
  readonly receiver: {
    take(bytes: Uint8Array): Promise<{ readonly state: string }>;
    settle(): Promise<void>;
  };
  /** Of what was judged so far. */
  tip(): Promise<Tip | undefined>;
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

function refuted(why: string): StoreFault {
  return new StoreFault(`The replay from genesis does not confirm what was loaded: ${why}.`, {
    retryable: false,
    code: "EXOS-E8134",
  });
}
