import { join } from "node:path";
import { exportSnapshot, type SettledBlock } from "#shared/adapters/embedded/export-snapshot.ts";
import { SEGMENT_BLOCKS, segmentEnd, segmentOf } from "#shared/coins/segment.ts";
import { snapshotName } from "#shared/coins/snapshot-name.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { Network } from "#shared/consensus/params.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Log } from "#shared/ports/log.ts";
import type { RichList, RichListWriter } from "#shared/ports/rich-list.ts";
import type { Segments } from "#shared/ports/segments.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { forwardSet } from "./compose-forward.ts";
import { publishSet } from "./compose-publish.ts";

/** The stores of a city whose set is written. */
export interface ExportedCity {
  readonly network: Network;
  readonly coins: CoinStore;
  readonly headers: HeaderStore;
  readonly segments: Pick<Segments, "info" | "read">;
  readonly snapshots: Snapshots;
  readonly richList: RichList & RichListWriter;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/** What a task knows of itself. */
export interface ExportingTask {
  /** Of its own. */
  readonly folder: string;
  /** For the manifest. */
  readonly program: string;
  readonly log: Log;
}

/** What a run has published. */
export interface ExportedSet {
  readonly name: string;
  /** Whether it was there already, with the list of who holds most of it. */
  readonly isKnown: boolean;
}

/**
 * Publish the set at the newest final end of a segment that a city counted, and who holds most of it.
 * It is made from an earlier one where there is one, else out of the tables, beside all that write
 * them. Whichever way, it must have the digest that was noted there.
 *
 * @throws StoreFault `EXOS-E8132` where no digest was noted, `EXOS-E1004` where the set has another
 * @source cloud.md 5.3, 6
 */
export async function exportCity(
  city: ExportedCity,
  task: ExportingTask,
  signal: AbortSignal,
): Promise<ExportedSet> {
  const { snapshots, richList } = city;
  const listed = await richList.richest(1);
  const settled = await newestCounted(city);
  const { record } = settled;
  const name = snapshotName(record);
  if (listed?.at.hash === record.hash && (await snapshots.names()).includes(name)) {
    return { name, isKnown: true };
  }
  const path = join(task.folder, `set-${record.height}`);
  const isForward = await forwardOrNot(city, settled, { ...task, path }, signal);
  if (!isForward) await exportSnapshot({ ...city, program: task.program }, path, settled);
  task.log.info("set written", { height: record.height, by: isForward ? "segments" : "scan" });
  return { name: await publishSet(path, city), isKnown: false };
}

/** What is wrong with an earlier set does not keep the city from reading its tables. */
async function forwardOrNot(...given: Parameters<typeof forwardSet>): Promise<boolean> {
  const [, , { log }] = given;
  try {
    return await forwardSet(...given);
  } catch (cause) {
    if (!(cause instanceof StoreFault) || cause.retryable) throw cause;
    log.warn(cause.code ?? "EXOS-E1004", "the earlier set is not used", { err: cause.message });
    return false;
  }
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
