import { join } from "node:path";
import { exportSnapshot, type SettledBlock } from "#shared/adapters/embedded/export-snapshot.ts";
import { publishSnapshot } from "#shared/adapters/embedded/snapshot-files.ts";
import { SEGMENT_BLOCKS, segmentOf } from "#shared/coins/segment.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { Network } from "#shared/consensus/params.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Segments } from "#shared/ports/segments.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { segmentEnd } from "./load/note-totals.ts";

/** The stores of a city whose set is written out of its tables. */
export interface ExportedCity {
  readonly network: Network;
  readonly coins: CoinStore;
  readonly headers: HeaderStore;
  readonly segments: Pick<Segments, "info">;
  readonly snapshots: Snapshots;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/**
 * Publish the set at the newest final end of a segment that a city counted, out of its tables and beside
 * all that write them. What is read must have the digest that was noted there.
 *
 * @param to `folder` of this task; `program` for the manifest
 * @returns the name of the snapshot
 * @throws StoreFault `EXOS-E8132` where no digest was noted, `EXOS-E1004` where the set has another
 * @source cloud.md 5.3
 */
export async function exportCity(
  city: ExportedCity,
  to: { readonly folder: string; readonly program: string },
): Promise<string> {
  const settled = await newestCounted(city);
  const path = join(to.folder, `set-${settled.record.height}`);
  await exportSnapshot({ ...city, program: to.program }, path, settled);
  return publishSnapshot(path, city.snapshots);
}

async function newestCounted(city: ExportedCity): Promise<SettledBlock> {
  const { coins, headers, segments, segmentBlocks = SEGMENT_BLOCKS } = city;
  const tip: Tip | undefined = await coins.tip();
  let end = tip === undefined ? -1 : segmentEnd(tip.final, segmentBlocks);
  for (; tip !== undefined && end > 0 && end >= tip.floor; end -= segmentBlocks) {
    const muhash = (await segments.info(segmentOf(end, segmentBlocks)))?.muhash;
    const hash = await activeHashAt(end, tip, coins);
    const stored = hash === undefined ? undefined : await headers.get(hash);
    if (muhash !== undefined && stored !== undefined) return { record: stored.record, muhash };
  }
  throw new StoreFault("The city has counted at no end of a segment that it could export.", {
    retryable: false,
    code: "EXOS-E8132",
  });
}
