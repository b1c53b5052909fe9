import { decodeBlock } from "#shared/codec/decode-block.ts";
import { SEGMENT_BLOCKS } from "#shared/coins/segment.ts";
import { snapshotName } from "#shared/coins/snapshot-name.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import type { Network } from "#shared/consensus/params.ts";
import { LOAD_GAP_BLOCKS } from "#shared/fleet/load-gap.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { BlockToIndex, IndexPoint } from "#shared/ports/address-index.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Cursor } from "#shared/ports/cursors.ts";
import type { Log } from "#shared/ports/log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { bodiesFrom, type LoadedBodies } from "./bodies-from.ts";
import type { LoadedSet } from "./switch-generation.ts";

/** A new generation of an index, which nobody reads before its end. */
interface NewIndex extends AsyncDisposable {
  /** @param block each after its parent, from genesis on */
  add(block: BlockToIndex): Promise<void>;
  /** Put it in use. @returns whether it is, or why there is no way to make one at once */
  finish(cursor: Omit<Cursor, "generation">): Promise<"in use" | keyof typeof LEFT>;
}

/** What is said where the follower has to add the blocks. */
const LEFT = { "no imports": "EXOS-E1009", "no number": "EXOS-E8136" } as const;

/** The index of the city that is loaded. */
export interface IndexToFill {
  /** Where it stands; `undefined`: nowhere. */
  cursor(): Promise<IndexPoint | undefined>;
  /** @param name of the snapshot, beside which its files lie */
  open(name: string): Promise<NewIndex>;
}

/** What filling an index needs. */
export interface FillIndexDeps extends Pick<LoadedBodies, "segments" | "blocks"> {
  readonly index: IndexToFill;
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly network: Pick<Network, "consensus">;
  readonly segmentBlocks?: number;
  /** Blocks that its follower catches up by itself; fewer in tests. */
  readonly gapBlocks?: number;
  readonly log: Pick<Log, "info" | "warn">;
}

/**
 * Make the index of a loaded chain anew, where its follower would have thousands of blocks to add one by
 * one. It goes on from the loaded block; killed before its end, nothing of it is seen.
 *
 * @throws StoreFault when the world failed, or a body is not the block's
 * @source cloud.md 5.4, 6
 */
export async function fillIndex(
  set: LoadedSet,
  deps: FillIndexDeps,
  signal: AbortSignal,
): Promise<void> {
  const { index, log, segmentBlocks = SEGMENT_BLOCKS } = deps;
  if (!(await isFarBehind(set, deps))) return;
  const hashes = [...set.frozen.flatMap((group) => group.hashes), ...set.win];
  await using filling = await index.open(snapshotName(set.at));
  let at = 0;
  for await (const bytes of bodiesFrom(0, hashes, { ...deps, segmentBlocks })) {
    signal.throwIfAborted();
    const hash = hashes[at];
    if (hash === undefined) throw new RangeError(`a body above ${hashes.length}`);
    if (set.assumed) checkBody({ hash, height: height(at), bytes }, deps);
    await filling.add({ hash, height: height(at), bytes });
    at++;
  }
  const rev = (await deps.coins.tip())?.rev ?? 0;
  const { height: end, hash } = set.at;
  const outcome = await filling.finish({ rev, height: end, hash });
  if (outcome === "in use") log.info("index filled", { height: end, hash });
  else log.warn(LEFT[outcome], "the index is left to its follower", { height: end });
}

/** Behind the set by more than its follower should do, or on a chain that the city has left for good. */
async function isFarBehind(
  { at }: LoadedSet,
  { index, coins, gapBlocks = LOAD_GAP_BLOCKS }: FillIndexDeps,
): Promise<boolean> {
  const cursor = await index.cursor();
  if (cursor === undefined || at.height - cursor.height > gapBlocks) return true;
  const tip = await coins.tip();
  if (tip === undefined) return false;
  // What is not final yet may be reorganised, and is the follower's.
  if (cursor.height > tip.final && cursor.height <= tip.height) return false;
  return (await activeHashAt(cursor.height, tip, coins)) !== cursor.hash;
}

/** Below another city's snapshot the bodies are of its segments, and were not judged so far. */
function checkBody({ hash, bytes }: BlockToIndex, { network }: FillIndexDeps): void {
  const decoded = decodeBlock(bytes, network.consensus.wire);
  const isSound =
    decoded.ok &&
    toHashHex(decoded.value.hash) === hash &&
    judgeIntegrity(decoded.value, network.consensus) === undefined;
  if (isSound) return;
  throw new StoreFault(`The body of ${hash} that was loaded is another block's.`, {
    retryable: false,
    code: "EXOS-E8107",
  });
}
