import { SEGMENT_BLOCKS, segmentOf } from "#shared/coins/segment.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { inParallel } from "#shared/ports/in-parallel.ts";
import type { Leases } from "#shared/ports/leases.ts";
import type { LooseBlocks, LooseItem } from "#shared/ports/loose-blocks.ts";
import type { Segments } from "#shared/ports/segments.ts";

/** What sweeping needs. */
export interface SweepBlocksDeps {
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly segments: Pick<Segments, "info">;
  readonly leases: Pick<Leases, "holder">;
  readonly loose: LooseBlocks;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Blocks of one segment; fewer in tests. */
  readonly segmentBlocks?: number;
}

/** What became of the headers and bodies that lie outside of segments. */
export interface SweptBlocks {
  /**
   * `unpacked`: no segment stands below another one, so that nothing can go. `loading`: a load is
   * under way, which may change what is active: run again after it.
   */
  readonly state: "swept" | "unpacked" | "loading";
  /** Blocks below this height were looked at for what may go. */
  readonly below: number;
  /** Items looked at. */
  readonly looked: number;
  /** Items of blocks of dead branches, bad ones among them, and bodies that have no header. */
  readonly dead: number;
  /** Items of blocks that are in their segments as well: somebody wrote them late. */
  readonly copies: number;
  /** Items that went. */
  readonly deleted: number;
}

export interface SweepBlocksOptions {
  /** Look, and delete nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** Deletions on their way at once. */
const AT_ONCE = 16;
/** Between two pages of a megabyte, so that a city that works beside it is not throttled. */
const PAGE_MS = 200;
/** How long a body waits for its header: more than a throttled request is repeated. */
const HEADER_MS = 60_000;
/** Bodies without a header that are remembered; the rest is left to the next run. */
const HEADLESS_MAX = 100_000;

/**
 * Delete headers and bodies of dead branches, and late copies of packed blocks, below the last segment
 * that was declared: that one alone may still be in the making. Final blocks never change, so that
 * whoever is killed, or runs beside another, is only run again.
 *
 * @throws StoreFault when the world failed: run again, it goes on
 * @source cloud.md 5.2
 */
export async function sweepBlocks(
  deps: SweepBlocksDeps,
  { dryRun = false, signal }: SweepBlocksOptions = {},
): Promise<SweptBlocks> {
  const { coins, loose, clock } = deps;
  const headless: LooseItem[] = [];
  const count = { looked: 0, dead: 0, copies: 0, deleted: 0 };
  const tip = await coins.tip();
  const below = tip === undefined ? 0 : await lastDeclared(tip, deps);
  if (tip === undefined || below === 0) return { state: "unpacked", below, ...count };
  const drop = async (items: readonly LooseItem[]) => {
    if (dryRun) return;
    const gone = await inParallel(items, AT_ONCE, (item) => loose.drop(item));
    count.deleted += gone.filter((isGone) => isGone).length;
  };
  for await (const page of loose.pages()) {
    signal?.throwIfAborted();
    // A load with --refill forgets which chain is ours.
    if (await isLoading(deps)) return { state: "loading", below, ...count };
    const { dead, copies, alone } = await fatesOf(page, { tip, below }, deps);
    count.looked += page.length;
    count.dead += dead.length;
    count.copies += copies.length;
    headless.push(...alone.slice(0, HEADLESS_MAX - headless.length));
    await drop([...dead, ...copies]);
    await clock.sleep(PAGE_MS, signal);
  }
  if (headless.length > 0) {
    // Whoever stores a block writes its header last.
    await clock.sleep(HEADER_MS, signal);
    if (await isLoading(deps)) return { state: "loading", below, ...count };
    const dead = await loose.headless(headless);
    count.dead += dead.length;
    await drop(dead);
  }
  return { state: "swept", below, ...count };
}

async function isLoading({ leases, clock }: SweepBlocksDeps): Promise<boolean> {
  return (await leases.holder("load", clock.now())) !== undefined;
}

/** The first height of the last declared segment; 0 where there is none. */
async function lastDeclared(
  tip: Tip,
  { segments, segmentBlocks = SEGMENT_BLOCKS }: SweepBlocksDeps,
): Promise<number> {
  for (let index = segmentOf(tip.base, segmentBlocks) - 1; index > 0; index--) {
    if ((await segments.info(index)) !== undefined) return index * segmentBlocks;
  }
  return 0;
}

/** Which items of a page nobody needs, and which are of blocks that may be stored just now. */
async function fatesOf(
  page: readonly LooseItem[],
  { tip, below }: { readonly tip: Tip; readonly below: number },
  { coins, loose }: SweepBlocksDeps,
): Promise<Record<"dead" | "copies" | "alone", readonly LooseItem[]>> {
  const dead: LooseItem[] = [];
  const unsure: LooseItem[] = [];
  for (const item of page) {
    const { height, hash } = item;
    if (height === undefined) unsure.push(item);
    else if (height < below) {
      const isActive = (await activeHashAt(height, tip, coins)) === hash;
      (isActive ? unsure : dead).push(item);
    }
  }
  const packed = await loose.packedHeights(unsure.map(({ hash }) => hash));
  const isCopy = (at: number) => (packed[at] ?? below) < below;
  const copies = unsure.filter((_, at) => isCopy(at));
  const alone = unsure.filter((item, at) => !item.hasHeader && packed[at] === undefined);
  return { dead, copies, alone };
}
