import { chunkOf, SLOTS_PER_ITEM, txidOfKey } from "#shared/coins/coin-key.ts";
import { frozenGroupsOf } from "#shared/coins/coins-reader.ts";
import { setChanges } from "#shared/coins/set-change.ts";
import type { SnapshotCoin } from "#shared/coins/snapshot-coin.ts";
import type { View } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/**
 * Every coin that is unspent at a view, by outpoint, those of one transaction together. Writers need
 * no pause, as `CoinStore.scan` says.
 *
 * @throws StoreFault on I/O failure
 */
export async function* unspentAt(
  view: View,
  coins: Pick<CoinStore, "scan" | "frozen">,
): AsyncGenerator<SnapshotCoin> {
  const frozen = new Map<number, readonly HashHex[]>();
  for await (const { key, item } of coins.scan(view)) {
    for (const group of frozenGroupsOf(view, [item])) {
      const hashes = frozen.get(group) ?? (await coins.frozen(group));
      if (hashes !== undefined) frozen.set(group, hashes);
    }
    const txid = txidOfKey(key);
    for (const { slot, coin } of setChanges(item, undefined, { view, frozen })) {
      yield { txid, index: chunkOf(key) * SLOTS_PER_ITEM + slot, coin };
    }
  }
}
