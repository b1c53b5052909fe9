import type { HashHex, Height } from "#shared/primitives/brand.ts";
import { height as toHeight } from "#shared/primitives/brand.ts";
import { BASE_HASH, type Mark } from "./mark.ts";

/** Heights that share one entry of the frozen index. */
export const FROZEN_GROUP = 64;

/** Hashes of 64 final heights, from `64 × group` up. @source cloud.md 3.1 */
export interface FrozenGroup {
  readonly group: number;
  readonly hashes: readonly HashHex[];
}

/**
 * A chain as chain state sees it: a committed tip, a lower height of it, or a branch that grows on
 * it. Which marks count follows from it alone.
 *
 * @source cloud.md 4.1
 */
export interface View {
  readonly gen: number;
  /** Ordinary marks at or below it count for nothing: a snapshot stands in their place. */
  readonly floor: Height;
  readonly height: Height;
  readonly hash: HashHex;
  /** Of the chain from genesis. */
  readonly work: bigint;
  /** Height of `win[0]`. */
  readonly base: Height;
  /** Hashes of `base` to `height`; its last entry is `hash`. */
  readonly win: readonly HashHex[];
}

/** Frozen groups read so far, by their number. A Map is one. */
export interface FrozenIndex {
  /** Heights in one group; 64 everywhere but in the model of chain state, whose window is small. */
  readonly groupBlocks?: number;
  get(group: number): readonly HashHex[] | undefined;
}

/** Nothing frozen: for a view whose window begins at genesis. */
export const NOTHING_FROZEN: FrozenIndex = new Map();

/**
 * Whether the block of a mark is on the chain of this view.
 *
 * @param frozen holds the group of every ordinary mark between `floor` and `base`
 * @throws RangeError when it does not: an absent group is no answer
 * @source cloud.md 4.1
 */
export function isActive(view: View, mark: Mark, frozen: FrozenIndex): boolean {
  if (mark.hash === BASE_HASH) return true;
  if (mark.height > view.height || mark.height <= view.floor) return false;
  if (mark.height >= view.base) return view.win[mark.height - view.base] === mark.hash;
  const blocks = frozen.groupBlocks ?? FROZEN_GROUP;
  const group = frozen.get(Math.floor(mark.height / blocks));
  if (group === undefined) {
    throw new RangeError(`frozen hash of height ${mark.height} was not read`);
  }
  return group[mark.height % blocks] === mark.hash;
}

/** The group of the frozen index that decides about a mark; `undefined` where none is needed. */
export function frozenGroupOf(
  view: View,
  mark: Mark,
  groupBlocks = FROZEN_GROUP,
): number | undefined {
  if (mark.hash === BASE_HASH || mark.height <= view.floor || mark.height >= view.base) {
    return undefined;
  }
  return Math.floor(mark.height / groupBlocks);
}

/** Hash of a block of this view at or above `base`; `undefined` outside of the window. */
export function hashAt(view: View, height: number): HashHex | undefined {
  return view.win[height - view.base];
}

/**
 * The view at a lower block of its own chain, where another branch may begin.
 *
 * @param fork a block of the window
 * @throws RangeError when it is none
 */
export function cutView(
  view: View,
  fork: { readonly height: number; readonly hash: HashHex; readonly work: bigint },
): View {
  if (hashAt(view, fork.height) !== fork.hash) {
    throw new RangeError(`${fork.hash} is not in the window at height ${fork.height}`);
  }
  return {
    ...view,
    height: toHeight(fork.height),
    hash: fork.hash,
    work: fork.work,
    win: view.win.slice(0, fork.height - view.base + 1),
  };
}

/** The view with one more block. @throws RangeError unless it is the next height and adds work */
export function growView(
  view: View,
  block: { readonly height: number; readonly hash: HashHex; readonly work: bigint },
): View {
  if (block.height !== view.height + 1 || block.work <= view.work) {
    throw new RangeError(`block ${block.height} cannot follow ${view.height}`);
  }
  return {
    ...view,
    height: toHeight(block.height),
    hash: block.hash,
    work: block.work,
    win: [...view.win, block.hash],
  };
}
