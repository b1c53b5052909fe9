import { coinKeyOfChunk } from "#shared/coins/coin-key.ts";
import { coinsReader, frozenGroupsOf, readItems } from "#shared/coins/coins-reader.ts";
import { coinNeeds, kernelInDoubt } from "#shared/coins/marks-of.ts";
import type { View } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";

/**
 * Read every coin that judging a block asks about, as a view of its ancestors has it.
 *
 * @throws StoreFault when the frozen index lacks what a mark names: no answer would be right then
 */
export async function readCoins(
  block: Pick<Block, "transactions">,
  view: View,
  store: CoinStore,
): Promise<CoinsReader> {
  const needs = coinNeeds(block);
  const items = readItems(needs.keys, await store.read(view.gen, needs.keys));
  const coins = await readerOf(items, view, store);
  const doubt = kernelInDoubt(needs, coins);
  if (doubt === undefined) return coins;
  // What is not answered is not there; an index beyond all items had nothing read for it at all.
  items.set(coinKeyOfChunk(doubt, 0), undefined);
  for (const { key, item } of await store.readTransaction(view.gen, doubt)) items.set(key, item);
  return readerOf(items, view, store);
}

async function readerOf(
  items: ReturnType<typeof readItems>,
  view: View,
  store: CoinStore,
): Promise<CoinsReader> {
  const frozen = new Map<number, readonly HashHex[]>();
  for (const group of frozenGroupsOf(view, items.values())) {
    const hashes = await store.frozen(group);
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  return coinsReader({ view, items, frozen });
}
