import { itemStatus } from "#shared/coins/coin-at.ts";
import { addMarks, type CoinItem, mergeItems } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import { type NextTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { cutView, type FrozenGroup, growView, hashAt, type View } from "#shared/coins/view.ts";
import { height } from "#shared/primitives/brand.ts";
import type { ChainModel } from "./chain-model.ts";
import {
  type Applying,
  ask,
  beginApply,
  flag,
  judge,
  modelMarks,
  readItems,
  readTip,
  type Steps,
  writeTip,
} from "./chain-requests.ts";
import type { ModelBlock } from "./chain-tree.ts";
import { type Actor, GROUP_BLOCKS, type Wait, type WrittenTip } from "./chain-world.ts";

/** Blocks of a path between two commits: early, in groups, or as late as it goes. */
const COMMIT_BLOCKS = [1, 4, 32] as const;

/** Items that are born and spent for good within the path: what `omit` does not write. */
function bornAndSpent(path: readonly ModelBlock[]): Set<string> {
  const spent = new Set(path.flatMap(({ txs }) => txs.flatMap(({ inputs }) => inputs)));
  const born = path.flatMap(({ txs }) => txs);
  return new Set(
    born
      .filter(({ id, outputs }) => {
        return Array.from({ length: outputs }, (_, at) => spent.has(`${id}:${at}`)).every(Boolean);
      })
      .map(({ id }) => id),
  );
}

/** The tip that would replace `current`, with the mutants that break its rules. */
function successor({ world, limit }: ChainModel, current: Tip, view: View): NextTip {
  if (world.mutant === "belowfinal") {
    const fork = lastCommon(current, view);
    const next = nextTip({ ...current, final: height(Math.min(current.final, fork)) }, view, limit);
    return {
      ...next,
      tip: { ...next.tip, final: height(Math.max(next.tip.final, current.final)) },
    };
  }
  if (world.mutant === "spillown") {
    const frozen: FrozenGroup[] = [];
    const final = Math.max(current.final, view.height - limit.reorgBlocksMax);
    let base: number = current.base;
    for (; base + GROUP_BLOCKS <= final; base += GROUP_BLOCKS) {
      const from = base - current.base;
      frozen.push({
        group: base / GROUP_BLOCKS,
        hashes: view.win.slice(from, from + GROUP_BLOCKS),
      });
    }
    const { tip } = nextTip(current, view, limit);
    return {
      tip: { ...tip, base: height(base), win: view.win.slice(base - current.base) },
      frozen,
    };
  }
  return nextTip(current, view, limit);
}

function lastCommon(current: Tip, view: View): number {
  let at = Math.min(current.height, view.height);
  while (at > current.base && hashAt(current, at) !== hashAt(view, at)) at--;
  return at;
}

/** Blocks from the fork to a leaf, oldest first, as far as they have arrived and are not bad. */
function pathTo(
  model: ChainModel,
  tip: Tip,
  leaf: ModelBlock,
): { readonly fork: ModelBlock; readonly path: ModelBlock[] } | undefined {
  const blocks: ModelBlock[] = [];
  let at: ModelBlock | undefined = leaf;
  const lowest = model.world.mutant === "belowfinal" ? tip.base : tip.final;
  while (at !== undefined && hashAt(tip, at.height) !== at.hash) {
    if (at.height <= lowest) return undefined;
    blocks.push(at);
    at = at.parent;
  }
  if (at === undefined || at.height < lowest) return undefined;
  blocks.reverse();
  const end = blocks.findIndex((block) => !model.arrived.has(block) || model.bad.has(block));
  return { fork: at, path: end === -1 ? blocks : blocks.slice(0, end) };
}

/** A connector: cloud.md 4.2, over and over. */
export function* connector(model: ChainModel, self: Actor): Generator<Wait, void, void> {
  const { world } = model;
  for (;;) {
    const written = yield* readTip(model, self);
    if (world.dice.chance(0.2)) yield world.dice.below(200);
    const moved = written !== undefined && (yield* followHeaviest(model, self, written));
    if (!moved) yield 5 + world.dice.below(60);
  }
}

function* followHeaviest(model: ChainModel, self: Actor, from: WrittenTip): Steps<boolean> {
  for (const leaf of model.heavierThan(from.tip.work)) {
    const way = pathTo(model, from.tip, leaf);
    const last = way?.path.at(-1);
    if (way === undefined || last === undefined || last.work <= from.tip.work) continue;
    yield* follow(model, self, from, way);
    return true;
  }
  return false;
}

function* follow(
  model: ChainModel,
  self: Actor,
  from: WrittenTip,
  { fork, path }: { readonly fork: ModelBlock; readonly path: readonly ModelBlock[] },
): Steps<void> {
  const { world } = model;
  let tip = from;
  let view: View = cutView(tip.tip, fork);
  let applying: Applying[] = [];
  let sinceCommit = 0;
  const commitBlocks = world.dice.pick(COMMIT_BLOCKS) ?? 1;
  const overlay = new Map<CoinKey, CoinItem>();
  const omitted = world.mutant === "omit" ? bornAndSpent(path) : new Set<string>();
  for (const [index, block] of path.entries()) {
    const { gen } = view;
    const isApplied = yield* ask(world.send(self, () => world.isApplied(block.hash, gen)));
    if (!isApplied) {
      const marks = modelMarks(block);
      const items = yield* readItems(model, self, { view, keys: marks.map(({ key }) => key) });
      for (const key of items.keys()) items.set(key, mergeItems(items.get(key), overlay.get(key)));
      if (!model.record(block, judge(model, block, view, items))) break;
      const begun = beginApply(model, self, { gen, block, omitted });
      applying.push(begun);
      for (const one of marks) overlay.set(one.key, addMarks(overlay.get(one.key), one));
      if (world.mutant === "flagearly") flag(model, self, begun, gen);
    }
    view = growView(view, block);
    sinceCommit++;
    for (const one of applying)
      if (one.tickets.every(({ done }) => done)) flag(model, self, one, gen);
    const isDue = sinceCommit >= commitBlocks || index === path.length - 1;
    if (view.work <= tip.tip.work || !isDue) continue;

    if (world.mutant !== "early") yield applying.flatMap(({ tickets }) => tickets);
    for (const one of applying) flag(model, self, one, gen);
    if (world.dice.chance(0.15)) yield world.dice.below(400);
    const next = successor(model, tip.tip, view);
    if (!(yield* writeTip(model, self, tip, next))) return;
    if (world.mutant === "delete") deleteDead(model, next.tip);
    tip = { tip: next.tip, by: 0 };
    view = next.tip;
    applying = [];
    sinceCommit = 0;
  }
}

/** What `delete` breaks: a shared table must keep what is spent, or a late writer revives it. */
function deleteDead(model: ChainModel, tip: Tip): void {
  const { world } = model;
  for (const key of world.keysOf(tip.gen)) {
    const item = world.items[tip.gen]?.get(key);
    if (item === undefined || item.spends.some(({ mark }) => mark.height > tip.final)) continue;
    const { createdAt, spent } = itemStatus(tip, item, world.frozenIndex);
    const all = (1 << model.outputsOf(key)) - 1;
    if (createdAt !== undefined && (spent & all) === all) world.deleteItem(tip.gen, key);
  }
}
