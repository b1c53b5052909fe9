import { itemStatus } from "#shared/coins/coin-at.ts";
import type { CoinItem, ItemMarks } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import { frozenGroupsOf } from "#shared/coins/coins-reader.ts";
import type { NextTip } from "#shared/coins/tip.ts";
import { isActive, type View } from "#shared/coins/view.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import type { ChainModel } from "./chain-model.ts";
import type { ModelBlock } from "./chain-tree.ts";
import {
  type Actor,
  GROUP_BLOCKS,
  type Ticket,
  type Wait,
  type WrittenTip,
} from "./chain-world.ts";

export const CONTENT = {
  outputs: new Uint8Array(0),
  time: unixSeconds(0),
  kind: "ordinary",
} as const;
export type Steps<Result> = Generator<Wait, Result, void>;

export function txOf(outpoint: string): CoinKey {
  return outpoint.slice(0, outpoint.indexOf(":")) as CoinKey;
}

export function indexOf(outpoint: string): number {
  return Number(outpoint.slice(outpoint.indexOf(":") + 1));
}

/** Marks of a block, one item a transaction. */
export function modelMarks(block: ModelBlock): ItemMarks[] {
  const mark = { height: height(block.height), hash: block.hash };
  const marks = new Map<CoinKey, ItemMarks>();
  for (const tx of block.txs) {
    const key = tx.id as CoinKey;
    marks.set(key, { key, mark, created: CONTENT, spent: marks.get(key)?.spent ?? 0 });
    for (const input of tx.inputs) {
      const from = txOf(input);
      const known = marks.get(from);
      const spent = (known?.spent ?? 0) | (1 << indexOf(input));
      marks.set(from, { key: from, mark, created: known?.created, spent });
    }
  }
  return [...marks.values()];
}

/** Height of a coin at a view; the mutant `anyspend` asks for "no active spender" instead. */
export function unspentAt(
  model: ChainModel,
  view: View,
  item: CoinItem | undefined,
  index: number,
): number | undefined {
  if (item === undefined) return undefined;
  const frozen = model.world.frozenIndex;
  if (model.world.mutant === "anyspend") {
    const isSpent = item.spends.some(
      ({ mark, slots }) => (slots & (1 << index)) !== 0 && isActive(view, mark, frozen),
    );
    if (isSpent) return undefined;
    return itemStatus(view, { ...item, spends: [] }, frozen).createdAt;
  }
  const { createdAt, spent } = itemStatus(view, item, frozen);
  return (spent & (1 << index)) === 0 ? createdAt : undefined;
}

export function* ask<Answer>(ticket: Ticket<Answer>): Steps<Answer> {
  yield [ticket];
  // Present since the ticket is done; `undefined` is an answer of some requests.
  return ticket.answer as Answer;
}

export function readTip({ world }: ChainModel, self: Actor): Steps<WrittenTip | undefined> {
  return ask(world.send(self, () => world.written));
}

/** Read items, one request each, and every frozen group that decides about them. */
export function* readItems(
  { world }: ChainModel,
  self: Actor,
  at: { readonly view: View; readonly keys: Iterable<CoinKey> },
): Steps<Map<CoinKey, CoinItem | undefined>> {
  const keys = [...at.keys];
  const tickets = keys.map((key) => world.send(self, () => world.readItem(at.view.gen, key)));
  yield tickets;
  const items = tickets.map(({ answer }) => answer);
  const groups = frozenGroupsOf(at.view, items, GROUP_BLOCKS);
  const read = groups.map((group) => world.send(self, () => world.frozen.get(group)));
  yield read;
  for (const [index, { answer }] of read.entries()) {
    if (answer === undefined) world.fail(`frozen group ${groups[index]} is absent`);
  }
  return new Map(keys.map((key, index) => [key, items[index]]));
}

/** The verdict of a block, from what was read of its parent's view. */
export function judge(
  model: ChainModel,
  block: ModelBlock,
  view: View,
  items: ReadonlyMap<CoinKey, CoinItem | undefined>,
): boolean {
  const here = new Set<string>();
  const gone = new Set<string>();
  for (const { id, outputs } of block.txs) {
    for (let index = 0; index < outputs; index++) {
      if (unspentAt(model, view, items.get(id as CoinKey), index) !== undefined) return false;
    }
  }
  for (const tx of block.txs) {
    for (const input of tx.inputs) {
      const before = unspentAt(model, view, items.get(txOf(input)), indexOf(input));
      if (gone.has(input) || (before === undefined && !here.has(input))) return false;
      gone.add(input);
    }
    for (let index = 0; index < tx.outputs; index++) here.add(`${tx.id}:${index}`);
  }
  return true;
}

/** An apply that is on its way. */
export interface Applying {
  readonly block: ModelBlock;
  readonly tickets: readonly Ticket[];
  marked: Ticket | undefined;
}

export function beginApply(
  { world }: ChainModel,
  self: Actor,
  at: { readonly gen: number; readonly block: ModelBlock; readonly omitted: ReadonlySet<string> },
): Applying {
  const marks = modelMarks(at.block).filter(({ key }) => !at.omitted.has(key));
  const tickets = marks.map((one) => world.send(self, () => world.addMarks(at.gen, one)));
  return { block: at.block, tickets, marked: undefined };
}

export function flag({ world }: ChainModel, self: Actor, applying: Applying, gen: number): void {
  if (applying.marked !== undefined) return;
  const { hash } = applying.block;
  applying.marked = world.send(self, () => world.setApplied(hash, gen));
}

/** Write a tip, if its predecessor is still there. An answer that was lost is looked up. */
export function* writeTip(
  model: ChainModel,
  self: Actor,
  expected: WrittenTip,
  next: NextTip,
): Steps<boolean> {
  const { world } = model;
  yield next.frozen.map((group) => world.send(self, () => world.putFrozen(group)));
  const written: WrittenTip = { tip: next.tip, by: world.dice.next() };
  const ticket = world.send(self, () => model.commit(expected.tip.rev, written));
  if (yield* ask(ticket)) return true;
  const now = yield* ask(world.send(self, () => world.written));
  return now?.tip.rev === written.tip.rev && now.by === written.by;
}
