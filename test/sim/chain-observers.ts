import type { ItemMarks } from "#shared/coins/coin-item.ts";
import { baseMark } from "#shared/coins/mark.ts";
import { switchedTip, type Tip } from "#shared/coins/tip.ts";
import { cutView, hashAt } from "#shared/coins/view.ts";
import { height } from "#shared/primitives/brand.ts";
import type { ChainModel } from "./chain-model.ts";
import {
  ask,
  beginApply,
  CONTENT,
  flag,
  indexOf,
  readItems,
  readTip,
  type Steps,
  txOf,
  unspentAt,
  writeTip,
} from "./chain-requests.ts";
import type { ModelBlock } from "./chain-tree.ts";
import type { Actor, Ticket, Wait } from "./chain-world.ts";

/** A reader whose reads spread over many steps; its answer must be right at *its* tip. */
export function* reader(model: ChainModel, self: Actor): Generator<Wait, void, void> {
  const { world } = model;
  for (;;) {
    const written = yield* readTip(model, self);
    if (written !== undefined && written.tip.height > 0) {
      const view = written.tip;
      const block = model.blockOf(view.hash);
      const outpoints = Array.from(
        { length: 6 },
        () => world.dice.pick(model.outpoints) ?? "none:0",
      );
      for (const outpoint of outpoints) {
        const key = txOf(outpoint);
        const items = yield* readItems(model, self, { view, keys: [key] });
        const found = unspentAt(model, view, items.get(key), indexOf(outpoint));
        model.reads++;
        if (found !== block.coins.get(outpoint)) {
          world.fail(`a reader saw ${outpoint} at ${found} in ${view.hash}`);
        }
        if (world.dice.chance(0.5)) yield world.dice.below(40);
      }
    }
    yield world.dice.below(60);
  }
}

/** A loader: scans at a final height while others write, fills a generation, replays, switches. */
export function* loader(model: ChainModel, self: Actor): Generator<Wait, void, void> {
  const { world } = model;
  yield world.dice.below(1_500);
  for (;;) {
    const written = yield* readTip(model, self);
    const tip = written?.tip;
    if (tip !== undefined && tip.final > tip.floor + 2) yield* load(model, self, tip);
    yield 500 + world.dice.below(2_500);
  }
}

function* load(model: ChainModel, self: Actor, tip: Tip): Steps<void> {
  const { world } = model;
  const top = model.blockOf(hashAt(tip, tip.final) ?? tip.hash);
  const view = cutView(tip, top);
  const keys = world.keysOf(view.gen);
  const coins = new Map<string, number>();
  const generation = ++model.generations;
  const sent: Ticket[] = [];
  while (keys.length > 0) {
    const some = keys.splice(0, 4);
    const items = yield* readItems(model, self, { view, keys: some });
    for (const [key, item] of items) {
      let createdAt: number | undefined;
      let missing = 0;
      for (let index = 0; index < 4; index++) {
        const found = unspentAt(model, view, item, index);
        if (found === undefined || index >= model.outputsOf(key)) missing |= 1 << index;
        else {
          createdAt = found;
          coins.set(`${key}:${index}`, found);
        }
      }
      if (createdAt === undefined) continue;
      const mark = baseMark(height(createdAt));
      const base: ItemMarks = { key, mark, created: CONTENT, spent: missing };
      sent.push(world.send(self, () => world.addMarks(generation, base)));
    }
  }
  model.checkSnapshot(top, coins);
  yield sent;
  yield* switchTo(model, self, { generation, top });
}

function* switchTo(
  model: ChainModel,
  self: Actor,
  { generation, top }: { readonly generation: number; readonly top: ModelBlock },
): Steps<void> {
  const { world } = model;
  for (;;) {
    const written = yield* readTip(model, self);
    const tip = written?.tip;
    if (written === undefined || tip === undefined || tip.gen >= generation) return;
    if (hashAt(tip, top.height) !== top.hash) return;
    const above = tip.win.slice(top.height - tip.base + 1).map((hash) => model.blockOf(hash));
    for (const block of world.mutant === "noreplay" ? [] : above) {
      const has = yield* ask(world.send(self, () => world.isApplied(block.hash, generation)));
      if (has && world.mutant !== "flagnogen") continue;
      const applying = beginApply(model, self, { gen: generation, block, omitted: new Set() });
      yield applying.tickets;
      flag(model, self, applying, generation);
    }
    const base = { gen: generation, floor: height(top.height), hash: top.hash };
    if (yield* writeTip(model, self, written, switchedTip(tip, base, model.limit))) return;
  }
}
