import { RunningTotals } from "#shared/coins/running-totals.ts";
import { segmentEnd } from "#shared/coins/segment.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { cutView, hashAt } from "#shared/coins/view.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";

/** Totals at a block of a tip's chain, the tip cut back to it. */
interface KnownTotals {
  readonly tip: Tip;
  readonly totals: Uint8Array;
}

/** Where a chain is loaded. */
export interface NoteDeps {
  readonly network: Pick<Network, "consensus">;
  readonly coins: {
    tip(): Promise<Tip | undefined>;
    totalsAt(to: Tip, from: KnownTotals | undefined): Promise<Uint8Array>;
  };
  readonly headers: Pick<HeaderStore, "get" | "setApplied">;
  readonly segmentBlocks: number;
}

/**
 * Note the totals of the unspent set in the header of each end of a segment that no reorganisation
 * reaches any more. Called after each commit it brings them forward from the end before; whoever was
 * killed in between counts once.
 *
 * @source cloud.md 5.2, 5.4
 */
export async function noteTotals(deps: NoteDeps): Promise<void> {
  const { network, coins, segmentBlocks } = deps;
  const tip = await coins.tip();
  if (tip === undefined) return;
  const newest = segmentEnd(tip.height - network.consensus.reorgBlocksMax, segmentBlocks);
  const ends: number[] = [];
  // Below `final` nobody can count any more. A commit may have passed more ends than one.
  for (let end = newest; end > 0 && end >= tip.final; end -= segmentBlocks) ends.unshift(end);
  for (const end of ends) await noteAt(end, tip, deps);
}

async function noteAt(end: number, tip: Tip, deps: NoteDeps): Promise<void> {
  const { network, coins, headers, segmentBlocks } = deps;
  const to = await cutTo(end, tip, headers);
  if (to === undefined || to.totals !== undefined) return;
  const before = Math.max(0, end - segmentBlocks);
  const from = await cutTo(before, tip, headers);
  const empty = RunningTotals.empty(network.consensus.dialect).encode();
  const totals = before === 0 ? empty : from?.totals;
  const known = from === undefined || totals === undefined ? undefined : { tip: from.tip, totals };
  await headers.setApplied(to.tip.hash, tip.gen, await coins.totalsAt(to.tip, known));
}

/** @returns `undefined` for a height that is not in the window */
async function cutTo(
  at: number,
  tip: Tip,
  headers: Pick<HeaderStore, "get">,
): Promise<{ readonly tip: Tip; readonly totals: Uint8Array | undefined } | undefined> {
  const hash = at < 0 ? undefined : hashAt(tip, at);
  const stored = hash === undefined ? undefined : await headers.get(hash);
  if (stored === undefined) return undefined;
  return { tip: { ...tip, ...cutView(tip, stored.record) }, totals: stored.totals };
}
