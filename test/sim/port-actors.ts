import type { ItemMarks } from "#shared/coins/coin-item.ts";
import { type CoinKey, coinKeyOf, txidOfKey } from "#shared/coins/coin-key.ts";
import { coinsReader, frozenGroupsOf, readItems } from "#shared/coins/coins-reader.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import { setChanges } from "#shared/coins/set-change.ts";
import { itemOfCoins } from "#shared/coins/snapshot-coin.ts";
import { nextTip, switchedTip, type Tip } from "#shared/coins/tip.ts";
import { cutView, growView, hashAt, type View } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import {
  amount,
  type Hash256,
  type HashHex,
  height,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { hashOf, txidOf } from "../support/coin-chain.ts";
import type { Dice, ModelBlock } from "./chain-tree.ts";

export const LIMIT = { reorgBlocksMax: 12 };

/** What the actors of one run share. Each yields between any two calls of the store. */
export interface PortRun {
  readonly store: CoinStore;
  readonly dice: Dice;
  readonly arrived: Set<ModelBlock>;
  readonly bad: Set<ModelBlock>;
  readonly byHash: ReadonlyMap<HashHex, ModelBlock>;
  readonly outpoints: readonly string[];
  readonly failures: string[];
  /** Requests that were sent twice and have not come the second time. */
  readonly late: (() => Promise<void>)[];
  readonly count: { commits: number; verdicts: number; reads: number; switches: number };
}

type Steps<Result = void> = AsyncGenerator<undefined, Result, void>;

const split = (outpoint: string): { readonly txid: Hash256; readonly index: number } => {
  const [id = "", index = "0"] = outpoint.split(":");
  return { txid: txidOf(id), index: Number(index) };
};

/** Hash of a block of the tree, as the store's 32 bytes. */
export function nameOf(block: Pick<ModelBlock, "hash">): HashHex {
  return hashOf(block.hash);
}

/** Marks of a block, with outputs whose values tell them apart. */
export function portMarks(block: ModelBlock): ItemMarks[] {
  const mark = { height: height(block.height), hash: nameOf(block) };
  const marks = new Map<CoinKey, ItemMarks>();
  for (const tx of block.txs) {
    const key = coinKeyOf(txidOf(tx.id), 0);
    const outputs = Array.from({ length: tx.outputs }, (_, index) => ({
      value: amount(BigInt(index + 1)),
      scriptPubKey: Uint8Array.of(0x51),
    }));
    const created = {
      outputs: packOutputs(outputs),
      time: unixSeconds(1),
      kind: "ordinary",
    } as const;
    marks.set(key, { key, mark, created, spent: marks.get(key)?.spent ?? 0 });
    for (const input of tx.inputs) {
      const { txid, index } = split(input);
      const from = coinKeyOf(txid, index);
      const known = marks.get(from);
      const spent = (known?.spent ?? 0) | (1 << index);
      marks.set(from, { key: from, mark, created: known?.created, spent });
    }
  }
  return [...marks.values()];
}

/** The unspent set at a view, for some items. */
export async function* readCoins(
  { store }: Pick<PortRun, "store">,
  view: View,
  keys: readonly CoinKey[],
): Steps<CoinsReader> {
  const items = await store.read(view.gen, keys);
  yield;
  const frozen = new Map<number, readonly HashHex[]>();
  for (const group of frozenGroupsOf(view, items)) {
    const hashes = await store.frozen(group);
    yield;
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  return coinsReader({ view, items: readItems(keys, items), frozen });
}

function judge(block: ModelBlock, coins: CoinsReader): boolean {
  if (block.txs.some(({ id }) => coins.hasUnspent(txidOf(id)))) return false;
  const here = new Set<string>();
  const gone = new Set<string>();
  for (const tx of block.txs) {
    for (const input of tx.inputs) {
      if (gone.has(input)) return false;
      if (coins.coin(split(input)) === undefined && !here.has(input)) return false;
      gone.add(input);
    }
    for (let index = 0; index < tx.outputs; index++) here.add(`${tx.id}:${index}`);
  }
  return true;
}

async function* apply(run: PortRun, gen: number, marks: readonly ItemMarks[]): Steps {
  const { store, dice, late } = run;
  if (dice.chance(0.1)) late.push(() => store.apply(gen, marks));
  await store.apply(gen, marks);
  yield;
}

/** Blocks from the fork to the heaviest leaf that can be reached, oldest first. */
function heaviestPath(run: PortRun, tip: Tip): readonly ModelBlock[] {
  const heavier = [...run.arrived].filter(({ work }) => work > tip.work);
  for (const leaf of heavier.sort((a, b) => Number(b.work - a.work))) {
    const path: ModelBlock[] = [];
    let at: ModelBlock | undefined = leaf;
    while (at !== undefined && at.height > tip.final && hashAt(tip, at.height) !== nameOf(at)) {
      path.push(at);
      at = at.parent;
    }
    if (at === undefined || hashAt(tip, at.height) !== nameOf(at)) continue;
    path.reverse();
    const end = path.findIndex((block) => !run.arrived.has(block) || run.bad.has(block));
    const usable = end === -1 ? path : path.slice(0, end);
    if ((usable.at(-1)?.work ?? 0n) > tip.work) return usable;
  }
  return [];
}

export async function* portConnector(run: PortRun): Steps {
  const { store, dice } = run;
  for (;;) {
    let tip = await store.tip();
    yield;
    const path = tip === undefined ? [] : heaviestPath(run, tip);
    const fork = path[0]?.parent;
    if (tip === undefined || fork === undefined) continue;
    let view: View = cutView(tip, { ...fork, hash: nameOf(fork) });
    // Where the view left the committed chain.
    let left: number = fork.height;
    for (const [index, block] of path.entries()) {
      const marks = portMarks(block);
      const coins = yield* readCoins(
        run,
        view,
        marks.map(({ key }) => key),
      );
      // What is final by now need not tell the marks of a branch that began below: begin again.
      if (((await store.tip())?.final ?? 0) > left) break;
      run.count.verdicts++;
      if (judge(block, coins) !== block.valid) run.failures.push(`${block.hash} was judged wrong`);
      if (!block.valid) {
        run.bad.add(block);
        break;
      }
      yield* apply(run, view.gen, marks);
      view = growView(view, { ...block, hash: nameOf(block) });
      const isDue = index === path.length - 1 || dice.chance(0.3);
      if (!isDue || view.work <= tip.work) continue;
      const next = nextTip(tip, view, LIMIT);
      const isDone = await store.commit(tip.rev, next);
      yield;
      if (!isDone) break;
      run.count.commits++;
      tip = next.tip;
      view = tip;
      left = tip.height;
    }
  }
}

export async function* portReader(run: PortRun): Steps {
  const { store, dice } = run;
  for (;;) {
    const tip = await store.tip();
    yield;
    const outpoint = dice.pick(run.outpoints);
    const block = tip === undefined ? undefined : run.byHash.get(tip.hash);
    if (tip === undefined || outpoint === undefined || block === undefined) continue;
    const { txid, index } = split(outpoint);
    const coins = yield* readCoins(run, tip, [coinKeyOf(txid, index)]);
    if (((await store.tip())?.final ?? 0) > tip.height) continue;
    run.count.reads++;
    const found = coins.coin({ txid, index })?.height;
    if (found === block.coins.get(outpoint)) continue;
    run.failures.push(`a reader saw ${outpoint} at ${found} in ${block.hash}`);
  }
}

/** Scan at a final height, fill a new generation, replay what is above, switch. */
export async function* portLoader(run: PortRun): Steps {
  const { store, dice } = run;
  for (;;) {
    yield;
    const tip = await store.tip();
    if (tip === undefined || tip.final <= tip.floor + 2 || !dice.chance(0.02)) continue;
    const top = run.byHash.get(hashAt(tip, tip.final) ?? tip.hash);
    if (top === undefined) continue;
    const generation = await store.createGeneration();
    const view = cutView(tip, { ...top, hash: nameOf(top) });
    const loaded: ItemMarks[] = [];
    for await (const { key, item } of store.scan(view)) {
      const frozen = new Map<number, readonly HashHex[]>();
      for (const group of frozenGroupsOf(view, [item])) {
        frozen.set(group, (await store.frozen(group)) ?? []);
      }
      const changes = setChanges(item, undefined, { view, frozen });
      const txid = txidOfKey(key);
      const coins = changes.map(({ slot, coin }) => ({ txid, index: slot, coin }));
      if (coins.length > 0) loaded.push(itemOfCoins(coins));
    }
    yield* apply(run, generation, loaded);
    yield* switchTo(run, { generation, top });
  }
}

async function* switchTo(
  run: PortRun,
  { generation, top }: { readonly generation: number; readonly top: ModelBlock },
): Steps {
  const { store } = run;
  for (;;) {
    const tip = await store.tip();
    yield;
    if (tip === undefined || hashAt(tip, top.height) !== nameOf(top)) return;
    for (const hash of tip.win.slice(top.height - tip.base + 1)) {
      const block = run.byHash.get(hash);
      if (block !== undefined) yield* apply(run, generation, portMarks(block));
    }
    const floor = { gen: generation, floor: height(top.height), hash: nameOf(top) };
    if (!(await store.commit(tip.rev, switchedTip(tip, floor)))) continue;
    run.count.switches++;
    yield;
    await store.dropGeneration(tip.gen);
    return;
  }
}
