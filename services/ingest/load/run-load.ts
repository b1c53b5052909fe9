import { RunningTotals } from "#shared/coins/running-totals.ts";
import { segmentOf } from "#shared/coins/segment.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import { tipHint } from "#shared/messages/tip-hint.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Forgetting } from "#shared/ports/forgetting.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Log } from "#shared/ports/log.ts";
import type { RichListWriter } from "#shared/ports/rich-list.ts";
import type { Segments } from "#shared/ports/segments.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { confirmSet } from "./confirm-set.ts";
import { type BelowSnapshot, copyChain } from "./copy-chain.ts";
import { fillIndex, type IndexToFill } from "./fill-index.ts";
import { type Held, type HoldDeps, holdLease } from "./hold-lease.ts";
import type { ReplayedChain, ReplayedSet, ReplaySource } from "./replay-chain.ts";
import { type RetireDeps, retireGenerations } from "./retire-generations.ts";
import {
  isElsewhere,
  type LoadedSet,
  type SwitchDeps,
  switchGeneration,
} from "./switch-generation.ts";

/** Where others find a city's sets, and who holds most of the last one. */
export interface PublishedSets {
  readonly snapshots: Snapshots;
  readonly richList: RichListWriter;
}

/** A chain that was downloaded and judged on the disk of a task, and its unspent set. */
export interface PreparedChain {
  readonly headers: Pick<HeaderStore, "getMany">;
  readonly blocks: Pick<BlockStore, "get">;
  /** Where the blocks are that the disk does not have. */
  readonly below?: BelowSnapshot | undefined;
  /** Fill a new generation of the city's coins with the set. */
  fill(): Promise<LoadedSet>;
  /** Put the set where others find it, and who holds most of it. @returns its name */
  publish(to: PublishedSets): Promise<string>;
  /** Judge the chain of a set that was only assumed from genesis. */
  replay(
    set: ReplayedSet,
    city: ReplaySource,
    signal: AbortSignal,
  ): Promise<ReplayedChain & AsyncDisposable>;
}

/** What loading a city needs. */
export interface LoadDeps extends SwitchDeps, HoldDeps, PublishedSets {
  /** Download and judge the chain up to its newest final block, or go on where that was left. */
  prepare(signal: AbortSignal): Promise<PreparedChain>;
  readonly segments: Segments;
  readonly generations: RetireDeps["generations"];
  /** Of the city; without it, its follower does everything. */
  readonly index?: IndexToFill;
  readonly segmentBlocks?: number;
  readonly notice: Pick<TipNotice, "put" | "read">;
  readonly follow: WorkQueue<TipHint>;
  /**
   * Forget the chain of the city, and what a forgetting that died has left.
   * @returns `false`: its tip is another by now, and nothing was forgotten
   */
  readonly forget?: (what: Forgetting) => Promise<boolean>;
  /** Remove the files of imports that died, whichever name they had. */
  readonly clearImports?: () => Promise<void>;
  /** Its operator named it: a chain that ended elsewhere is forgotten. */
  readonly refill?: boolean;
  readonly log: Pick<Log, "info" | "warn">;
}

/** How a run ended. */
export type LoadOutcome =
  | { readonly state: "loaded"; readonly tip: Tip }
  | Exclude<Held<Tip>, { readonly state: "done" }>;

/**
 * Fill a city from a chain that this task downloads itself: blocks first, then the coins as a new
 * generation, then the one write that makes it the tip's, and the index, which is asked for less often.
 * Killed anywhere, it is run again; what was left of a generation that nobody names is swept by
 * `exos fleet gc`.
 *
 * @throws StoreFault when the world failed; `EXOS-E8131` when the city is on another chain
 * @source cloud.md 5.4
 */
export async function runLoad(deps: LoadDeps, signal: AbortSignal): Promise<LoadOutcome> {
  const held = await holdLease("load", deps, (end) => load(deps, end), signal);
  return held.state === "done" ? { state: "loaded", tip: held.value } : held;
}

async function load(deps: LoadDeps, signal: AbortSignal): Promise<Tip> {
  const { log, notice, follow } = deps;
  await deps.clearImports?.();
  const chain = await deps.prepare(signal);
  signal.throwIfAborted();
  const set = await chain.fill();
  const { height, hash } = set.at;
  const { generation, assumed } = set;
  const { dialect } = deps.network.consensus;
  const digest = toHashHex(RunningTotals.decode(dialect, set.totals).totals().muhash);
  // Before a tip names it.
  await deps.generations.noteLoaded(generation, { assumed, digest });
  log.info("coins loaded", { generation, height, hash, assumed });
  await forgetOthers(set, deps);
  await copyChain(set, { ...deps, from: chain }, signal);
  const switched = await switchGeneration(set, deps);
  const { tip } = switched;
  if (switched.state === "elsewhere") throw elsewhere(tip);
  log.info("generation in use", { generation: tip.gen, height: tip.height, hash: tip.hash });
  await notice.put(tip);
  await follow.send(tipHint(tip));
  await retireGenerations(tip.gen, deps);
  log.info("snapshot published", { name: await chain.publish(deps) });
  if (deps.index !== undefined) await fillIndex(set, { ...deps, index: deps.index }, signal);
  if (assumed) await confirmSet({ ...set, digest }, chain, deps, signal);
  return tip;
}

/**
 * Before a segment is copied: what belongs to another chain would stand in its place, and it in the place
 * of the city's own. A city without a tip has nothing that counts, but may have what is left of a refill
 * that was killed.
 */
async function forgetOthers(set: LoadedSet, deps: LoadDeps): Promise<void> {
  const { coins, forget, refill = false, log } = deps;
  const segmentsFrom = segmentOf(set.at.height + 1, deps.segmentBlocks);
  for (;;) {
    const tip = await coins.tip();
    if (tip !== undefined) {
      if (!(await isElsewhere(tip, set, deps))) return;
      if (!refill || forget === undefined) throw elsewhere(tip);
      log.warn("EXOS-E8131", "the chain of the city is forgotten", { height: tip.height });
      // The next tip is numbered on from here: whoever holds this one must see that it is newer.
      await deps.notice.put(tip);
    }
    const expectOurs = () => expectLease(deps);
    const isDone = await forget?.({ rev: tip?.rev, segmentsFrom, expectOurs });
    if (isDone !== false) return;
  }
}

/** What is read before this is of no load that began later: one that began has taken the lease. */
async function expectLease({ leases, clock, owner }: HoldDeps): Promise<void> {
  const holder = await leases.holder("load", clock.now());
  if (holder?.owner === owner) return;
  throw new StoreFault("Another task loads the city by now, or may: this one forgets no more.", {
    retryable: true,
    code: "EXOS-E8138",
  });
}

function elsewhere({ height, hash }: Tip): StoreFault {
  return new StoreFault(
    `The city stands at ${height} ${hash}, which the loaded chain does not contain; --refill forgets it.`,
    { retryable: false, code: "EXOS-E8131" },
  );
}
