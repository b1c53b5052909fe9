import { finalizedHeight } from "#shared/consensus/reorg-limit.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { type Height, height as toHeight } from "#shared/primitives/brand.ts";
import { FROZEN_GROUP, type FrozenGroup, hashAt, type View } from "./view.ts";

/** Most hashes a tip may carry: 131 KB. @source cloud.md 4.2 */
export const WINDOW_MAX = 4_096;

/** The one mutable fact of chain state: which chain is ours. @source cloud.md 4.1 */
export interface Tip extends View {
  /** Rises by one with every write; unlike the hash it never comes back. 0: no tip was written. */
  readonly rev: number;
  /** No tip leaves the block at this height any more. */
  readonly final: Height;
  /**
   * Coins, supply and set hash as `RunningTotals.encode` makes them, where each commit carries them
   * (a shared table); `undefined` where the store brings them forward by itself
   * (`CoinStore.totals`).
   */
  readonly mu: Uint8Array | undefined;
}

/** A tip to be written, with what must be frozen before it is. */
export interface NextTip {
  readonly tip: Tip;
  /** Groups that left the window. Always taken from the tip that is replaced, never from the branch. */
  readonly frozen: readonly FrozenGroup[];
}

/** The network data that chain state needs. */
export interface ReorgLimit {
  /** Deepest reorganisation that is followed, in blocks. */
  readonly reorgBlocksMax: number;
  /** Heights frozen together; 64 everywhere but in the model of chain state. */
  readonly groupBlocks?: number;
}

function check(holds: boolean, invariant: string): void {
  if (!holds) throw new RangeError(`tip breaks an invariant: ${invariant}`);
}

/** What every tip is, whoever wrote it. @throws RangeError naming what it breaks; a bug */
export function checkTip(tip: Tip, groupBlocks = FROZEN_GROUP): void {
  check(tip.rev >= 1, "rev counts from 1");
  check(tip.base % groupBlocks === 0, `base is a multiple of ${groupBlocks}`);
  check(tip.base <= tip.final && tip.final <= tip.height, "base ≤ final ≤ height");
  check(tip.floor <= tip.final, "floor ≤ final");
  check(tip.win.length === tip.height - tip.base + 1, "win reaches from base to height");
  check(tip.win.length <= WINDOW_MAX, `win has at most ${WINDOW_MAX} entries`);
  check(hashAt(tip, tip.height) === tip.hash, "win ends in the tip's hash");
}

/** The first tip of a chain: genesis, whose output is no coin. */
export function genesisTip(genesis: { readonly hash: HashHex; readonly work: bigint }): NextTip {
  const zero = toHeight(0);
  const tip: Tip = {
    rev: 1,
    gen: 0,
    floor: zero,
    height: zero,
    hash: genesis.hash,
    work: genesis.work,
    final: zero,
    base: zero,
    win: [genesis.hash],
    mu: undefined,
  };
  return { tip, frozen: [] };
}

/**
 * Move whole groups that are final in the *committed* tip out of the window. Taken from the branch
 * about to be committed they could lose the race and poison the index.
 *
 * @source cloud.md 4.2, 4.3 I5
 */
function spill(current: Tip, groupBlocks = FROZEN_GROUP): { base: Height; frozen: FrozenGroup[] } {
  const frozen: FrozenGroup[] = [];
  let base: number = current.base;
  while (base + groupBlocks <= current.final) {
    const from = base - current.base;
    const hashes = current.win.slice(from, from + groupBlocks);
    frozen.push({ group: base / groupBlocks, hashes });
    base += groupBlocks;
  }
  return { base: toHeight(base), frozen };
}

function replace(current: Tip, view: View, limit: ReorgLimit): NextTip {
  check(view.gen === current.gen && view.base === current.base, "a view grows on the tip it left");
  check(
    hashAt(view, current.final) === hashAt(current, current.final),
    "no tip leaves a final block",
  );
  const { base, frozen } = spill(current, limit.groupBlocks);
  const tip: Tip = {
    rev: current.rev + 1,
    gen: current.gen,
    floor: current.floor,
    height: view.height,
    hash: view.hash,
    work: view.work,
    final: finalizedHeight(view.height, current.final, limit),
    base,
    win: view.win.slice(base - current.base),
    mu: undefined,
  };
  checkTip(tip, limit.groupBlocks);
  return { tip, frozen };
}

/**
 * The tip that replaces `current` when its chain becomes this view's.
 *
 * @param view grown from `current`, heavier than it
 * @throws RangeError when an invariant would break: work rises, final never falls and is never left
 * @source cloud.md 4.2, 4.3 I4 to I6
 */
export function nextTip(current: Tip, view: View, limit: ReorgLimit): NextTip {
  check(view.work > current.work, "work rises");
  return replace(current, view, limit);
}

/**
 * The tip after `invalidateblock`: a lower block of the same chain, the one write that may lower
 * the work. Never below `final`.
 *
 * @throws RangeError unless `view` is `current` cut back
 */
export function lighterTip(current: Tip, view: View, limit: ReorgLimit): NextTip {
  check(view.height < current.height, "a lighter tip is lower");
  check(hashAt(current, view.height) === view.hash, "a lighter tip is on the same chain");
  return replace(current, view, limit);
}

/** The same step with the totals at its new tip, where each commit carries them. */
export function withTotals(next: NextTip, totals: Uint8Array | undefined): NextTip {
  return { ...next, tip: { ...next.tip, mu: totals } };
}

/**
 * The same tip under the next number: whoever is about to replace it loses, and has to look again
 * at what was found out about blocks meanwhile.
 */
export function renumberedTip(current: Tip, limit: ReorgLimit): NextTip {
  return replace(current, current, limit);
}

/**
 * The same chain, read from another generation of coins, whose snapshot ends at `floor`.
 *
 * @param generation of a block of this chain; below the window, whoever asks looked at what is frozen
 * @throws RangeError when the window has another block at `floor`, or ends below it
 * @source cloud.md 5.4
 */
export function switchedTip(
  current: Tip,
  generation: { readonly gen: number; readonly floor: Height; readonly hash: HashHex },
  limit: Pick<ReorgLimit, "groupBlocks"> = {},
): NextTip {
  const { gen, floor, hash } = generation;
  check(gen > current.gen, "a generation is newer than the one it replaces");
  const isFrozen = floor < current.base;
  check(isFrozen || hashAt(current, floor) === hash, "the snapshot's block is active");
  const { base, frozen } = spill(current, limit.groupBlocks);
  const final = toHeight(Math.max(current.final, floor));
  const tip: Tip = {
    ...current,
    rev: current.rev + 1,
    gen,
    floor,
    final,
    base,
    win: current.win.slice(base - current.base),
  };
  checkTip(tip, limit.groupBlocks);
  return { tip, frozen };
}
