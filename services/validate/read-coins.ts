import { type CoinItem, mergeItems } from "#shared/coins/coin-item.ts";
import { type CoinKey, coinKeyOfChunk, OUTPUTS_MAX, txidPartOf } from "#shared/coins/coin-key.ts";
import {
  coinsReader,
  frozenGroupsOf,
  type ReadItems,
  readItems,
} from "#shared/coins/coins-reader.ts";
import { coinNeeds, kernelInDoubt } from "#shared/coins/marks-of.ts";
import type { FrozenIndex, View } from "#shared/coins/view.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { coinstakeOf } from "#shared/consensus/proof-kind.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** What was read for one block: the coins it asks about, and what they were made of. */
export interface BlockCoins {
  readonly coins: CoinsReader;
  /** Every item of its prevouts and of its own txids, as its parent leaves it; absent ones too. */
  readonly items: ReadItems;
  readonly frozen: FrozenIndex;
}

/** Marks of blocks of a view that the store may not show yet. */
export interface Overlay {
  /** @returns what is known of an item besides what the store has */
  get(key: CoinKey): CoinItem | undefined;
  keys(): Iterable<CoinKey>;
}

/**
 * Read every coin that judging a block asks about, as a view of its ancestors has it.
 *
 * @throws StoreFault when the frozen index lacks what a mark names: no answer would be right then
 */
export async function readBlockCoins(
  block: Pick<Block, "transactions">,
  { view, overlay }: { readonly view: View; readonly overlay?: Overlay | undefined },
  store: CoinStore,
): Promise<BlockCoins> {
  const needs = coinNeeds(block);
  const items = readItems(needs.keys, await store.read(view.gen, needs.keys));
  lay(overlay, items);
  const read = await answerFrom(items, view, store);
  const doubt = kernelInDoubt(needs, read.coins);
  if (doubt === undefined) return read;
  // What is not answered is not there; an index beyond all items had nothing read for it at all.
  const first = coinKeyOfChunk(doubt, 0);
  items.set(first, undefined);
  for (const { key, item } of await store.readTransaction(view.gen, doubt)) items.set(key, item);
  for (const key of overlay?.keys() ?? []) {
    if (txidPartOf(key) === txidPartOf(first) && !items.has(key)) items.set(key, undefined);
  }
  lay(overlay, items);
  return answerFrom(items, view, store);
}

/** Read the coins alone. @throws StoreFault as `readBlockCoins` */
export async function readCoins(
  block: Pick<Block, "transactions">,
  view: View,
  store: CoinStore,
): Promise<CoinsReader> {
  return (await readBlockCoins(block, { view }, store)).coins;
}

/** Every item with what the overlay knows of it. */
function lay(overlay: Overlay | undefined, items: Map<CoinKey, CoinItem | undefined>): void {
  if (overlay === undefined) return;
  for (const [key, item] of items) items.set(key, mergeItems(item, overlay.get(key)));
}

/**
 * Read the one coin that judging a header asks about, however many inputs the block has: what is
 * refused by its header, its integrity or its own transactions costs no more reading.
 *
 * @throws StoreFault as `readCoins`
 */
export function readKernelCoin(
  block: Pick<Block, "transactions">,
  view: View,
  {
    coins,
    network,
  }: {
    readonly coins: CoinStore;
    readonly network: { readonly consensus: Pick<ConsensusParams, "stake"> };
  },
): Promise<CoinsReader> {
  const coinstake = coinstakeOf(block, network.consensus);
  const [coinbase] = block.transactions;
  if (coinstake === undefined || coinbase === undefined) {
    return readCoins({ transactions: [] }, view, coins);
  }
  const kernel = { ...coinstake, inputs: coinstake.inputs.slice(0, 1) };
  const marker = { ...coinbase, inputs: [], outputs: [] };
  return readCoins({ transactions: [marker, kernel] }, view, coins);
}

/**
 * Read what judging a loose transaction asks about: its inputs, whether it is there itself, and, up
 * to the first input of an unknown transaction, whether anything else is left of those that lack the
 * output asked for. Nothing may be asked about inputs behind that one but their coin.
 *
 * @param isPooled whether an output is one of the pool's, about which the store need not know
 * @throws StoreFault as `readCoins`
 */
export async function readLooseCoins(
  tx: HashedTransaction,
  { view, isPooled }: { readonly view: View; readonly isPooled: (txid: Hash256) => boolean },
  store: CoinStore,
): Promise<CoinsReader> {
  const { keys } = coinNeeds({ transactions: [tx] });
  const items = readItems(keys, await store.read(view.gen, keys));
  let coins = await readerOf(items, view, store);
  for (const { prevout } of tx.inputs) {
    // An index beyond all items had nothing read for it at all.
    if (prevout.index >= OUTPUTS_MAX) items.set(coinKeyOfChunk(prevout.txid, 0), undefined);
    if (coins.coin(prevout) !== undefined || isPooled(prevout.txid)) continue;
    items.set(coinKeyOfChunk(prevout.txid, 0), undefined);
    const found = await store.readTransaction(view.gen, prevout.txid);
    for (const { key, item } of found) items.set(key, item);
    coins = await readerOf(items, view, store);
    if (!coins.hasUnspent(prevout.txid)) break;
  }
  return coins;
}

async function readerOf(
  items: ReturnType<typeof readItems>,
  view: View,
  store: CoinStore,
): Promise<CoinsReader> {
  return (await answerFrom(items, view, store)).coins;
}

async function answerFrom(
  items: ReturnType<typeof readItems>,
  view: View,
  store: CoinStore,
): Promise<BlockCoins> {
  const frozen = new Map<number, readonly HashHex[]>();
  for (const group of frozenGroupsOf(view, items.values())) {
    const hashes = await store.frozen(group);
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  return { coins: coinsReader({ view, items, frozen }), items, frozen };
}
