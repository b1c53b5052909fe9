import { readManifests } from "#shared/adapters/embedded/snapshot-files.ts";
import { judgeSet } from "#shared/coins/judge-set.ts";
import { SEGMENT_BLOCKS, segmentEnd, segmentOf } from "#shared/coins/segment.ts";
import type { Network } from "#shared/consensus/params.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Generations } from "#shared/ports/generations.ts";
import type { Segments } from "#shared/ports/segments.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";
import type { SnapshotSource } from "./compose-load.ts";

/** A city in use, and what it published. */
export interface OwnSets {
  readonly network: Network;
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly generations: Pick<Generations, "get">;
  readonly segments: Pick<Segments, "info" | "read">;
  readonly snapshots: Snapshots;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/**
 * The newest set that a city published of its own chain and counted itself at that block, by blocks
 * that it judged: a load that begins with it needs no replay.
 *
 * @returns `undefined` where there is none, and for a city whose own coins are only assumed
 * @source cloud.md 5.4
 */
export async function ownBeginning(city: OwnSets): Promise<SnapshotSource | undefined> {
  const { network, coins, generations, segments, snapshots } = city;
  const { segmentBlocks = SEGMENT_BLOCKS } = city;
  const tip = await coins.tip();
  const note = tip && (await generations.get(tip.gen));
  if (tip === undefined || note?.assumed === true) return undefined;
  for (const set of await readManifests(snapshots, network.name)) {
    const { height, hash, muhash } = set;
    const isActive = (await activeHashAt(height, tip, coins)) === hash;
    if (!isActive || segmentEnd(height, segmentBlocks) !== height) continue;
    const counted = (await segments.info(segmentOf(height, segmentBlocks)))?.muhash;
    if (counted !== muhash || !judgeSet(set, { network, trust: muhash }).ok) continue;
    return { snapshots, segments, trust: muhash, judged: height };
  }
  return undefined;
}
