import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { coinsReader, frozenGroupsOf, readItems } from "#shared/coins/coins-reader.ts";
import type { View } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";

/** Keys of one read. @source shared/ports/coin-store.ts */
const KEYS_MAX = 65_536;

/**
 * What is left of a wallet's coins at a view, each as the chain has it: a wallet reads through an
 * index that may lag, or speak of a block that left the chain.
 */
export async function readStakeCoins<Held extends StakeCoin>(
  coins: readonly Held[],
  view: View,
  store: Pick<CoinStore, "read" | "frozen">,
): Promise<Held[]> {
  const kept: Held[] = [];
  for (let from = 0; from < coins.length; from += KEYS_MAX) {
    const piece = coins.slice(from, from + KEYS_MAX);
    const keys = [
      ...new Set(piece.map(({ outpoint }) => coinKeyOf(outpoint.txid, outpoint.index))),
    ];
    const items = readItems(keys, await store.read(view.gen, keys));
    const frozen = new Map<number, readonly HashHex[]>();
    for (const group of frozenGroupsOf(view, items.values())) {
      const hashes = await store.frozen(group);
      if (hashes !== undefined) frozen.set(group, hashes);
    }
    const reader = coinsReader({ view, items, frozen });
    for (const held of piece) {
      const coin = reader.coin(held.outpoint);
      if (coin !== undefined) kept.push({ ...held, coin });
    }
  }
  return kept;
}
