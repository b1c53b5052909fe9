import { RunningTotals } from "#shared/coins/running-totals.ts";
import { SEGMENT_BLOCKS, segmentOf } from "#shared/coins/segment.ts";
import type { SetHashDialect } from "#shared/coins/set-hash.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Leases } from "#shared/ports/leases.ts";
import type { Log } from "#shared/ports/log.ts";
import type { PackedBlock, Segments } from "#shared/ports/segments.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { height } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { declareSegment, type FoundSegment, findSegment } from "./declared-segment.ts";
import { keepSegment } from "./keep-segment.ts";
import { type BlocksToPack, writeSegment } from "./segment-pieces.ts";

/** How long a segment may take before another packer begins the same work. */
const LEASE_SECONDS = 600;

/** What a segment is made of, and what was declared of it when that was read. */
interface Packing {
  readonly packed: readonly PackedBlock[];
  readonly before: FoundSegment["info"];
}

export interface PackDeps {
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly headers: Pick<HeaderStore, "getMany">;
  readonly blocks: Pick<BlockStore, "get">;
  readonly segments: Segments;
  readonly leases: Leases;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly dialect: SetHashDialect;
  /** A name that no other process has. */
  readonly owner: string;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/**
 * Move final blocks below the window into segments, oldest first, as long as nobody else does it.
 * Killed anywhere, it is repeated: a segment that was declared and whose last block still lies
 * outside is finished first. Run by whoever likes, now and then.
 *
 * @returns how many segments were packed or finished
 * @throws StoreFault when the world failed; nothing is lost then
 * @source cloud.md 5.2
 */
export async function packSegments(deps: PackDeps, signal?: AbortSignal): Promise<number> {
  const { coins, leases, clock, owner } = deps;
  const tip = await coins.tip();
  // The headers of the window are read at every block: they stay where they are.
  const end = tip === undefined ? 0 : segmentOf(tip.base, deps.segmentBlocks);
  if (tip === undefined || end === 0) return 0;
  const start = await firstUnpacked(end, tip, deps);
  if (start >= end) return 0;

  let lease = await leases.take("pack", { owner, now: clock.now(), seconds: LEASE_SECONDS });
  let packed = 0;
  for (let index = start; index < end && lease !== undefined; index++) {
    if (signal?.aborted === true) break;
    await packSegment(index, tip, deps);
    packed++;
    lease = await leases.renew(lease, { now: clock.now(), seconds: LEASE_SECONDS });
  }
  if (lease !== undefined) await leases.release(lease);
  return packed;
}

/**
 * The segment to begin with: the next after the last that is finished. One that was declared may not be,
 * and whoever stood still while the city was filled anew may have declared one far above.
 */
async function firstUnpacked(end: number, tip: Tip, deps: PackDeps): Promise<number> {
  for (let index = end - 1; index >= 0; index--) {
    if ((await deps.segments.info(index)) === undefined) continue;
    const last = (await blocksOf(index, tip, deps)).at(-1);
    const isUnfinished = last !== undefined && (await deps.segments.isLoose(last.hash));
    if (!isUnfinished) return index + 1;
  }
  return 0;
}

async function packSegment(index: number, tip: Tip, deps: PackDeps): Promise<void> {
  const { segments, log } = deps;
  const packed = await blocksOf(index, tip, deps);
  const hashes = packed.map(({ hash }) => hash);
  const { info: before, isRight } = await findSegment(index, hashes, segments);
  if (!isRight) {
    const blocks = await readBlocks(packed, deps);
    // Another packer's may be there: a staker may sign one block twice, so its bytes may differ
    // from ours; its blocks may not.
    const pieces = () => writeSegment(blocks);
    const isOurs = () => isStillOurs(index, { packed, before }, deps);
    const info = await keepSegment({ index, hashes, pieces, isOurs }, segments);
    await declareSegment(index, { ...info, muhash: blocks.muhash }, before, segments);
    log.info("segment packed", { index, blocks: hashes.length, bytes: info.bytes });
  }
  await segments.list(packed);
  await segments.release(hashes);
}

/** Whether no load made the city forget the chain, or declared the segment, since it was read. */
async function isStillOurs(
  index: number,
  { packed, before }: Packing,
  { coins, segments }: PackDeps,
): Promise<boolean> {
  const last = packed.at(-1);
  const tip = await coins.tip();
  if (last === undefined || tip === undefined || last.height > tip.final) return false;
  if ((await activeHashAt(last.height, tip, coins)) !== last.hash) return false;
  const info = await segments.info(index);
  if (info === undefined || before === undefined) return info === before;
  return equalBytes(info.sha256, before.sha256);
}

/** The active blocks of a segment, all of them final. */
async function blocksOf(index: number, tip: Tip, deps: PackDeps): Promise<PackedBlock[]> {
  const { coins, segmentBlocks = SEGMENT_BLOCKS } = deps;
  const first = index * segmentBlocks;
  const blocks: PackedBlock[] = [];
  for (let at = first; at < first + segmentBlocks; at++) {
    const hash = await activeHashAt(at, tip, coins);
    if (hash !== undefined) blocks.push({ hash, height: height(at) });
  }
  return blocks;
}

async function readBlocks(
  packed: readonly PackedBlock[],
  { headers, blocks, dialect }: PackDeps,
): Promise<BlocksToPack & { readonly muhash: HashHex | undefined }> {
  const stored = await headers.getMany(packed.map(({ hash }) => hash));
  const records = stored.map((header, at) => {
    if (header === undefined) throw gone(`the header ${packed[at]?.hash}`);
    return header.record;
  });
  const totals = stored.at(-1)?.totals;
  const muhash =
    totals === undefined
      ? undefined
      : toHashHex(RunningTotals.decode(dialect, totals).totals().muhash);
  async function body(hash: HashHex): Promise<Uint8Array> {
    return (await blocks.get(hash)) ?? Promise.reject(gone(`the body of ${hash}`));
  }
  return { records, body, muhash };
}

/** Perhaps another packer was first; if not, it is found out by the next run. */
function gone(what: string): StoreFault {
  return new StoreFault(`Packing: ${what} is missing.`, { retryable: true });
}
