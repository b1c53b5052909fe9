import { coinKeyOf, OUTPUTS_MAX } from "#shared/coins/coin-key.ts";
import { coinsReader, frozenGroupsOf, readItems } from "#shared/coins/coins-reader.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/**
 * The coins of these outpoints at a tip, and no others: what was not asked for is no coin of the
 * chain.
 *
 * @throws StoreFault when the store failed
 */
export async function readSpent(
  outpoints: readonly Outpoint[],
  tip: Tip,
  store: Pick<CoinStore, "read" | "frozen">,
): Promise<CoinsReader> {
  const asked = outpoints.filter(({ index }) => index < OUTPUTS_MAX);
  const keys = [...new Set(asked.map(({ txid, index }) => coinKeyOf(txid, index)))];
  const items = readItems(keys, await store.read(tip.gen, keys));
  const frozen = new Map<number, readonly HashHex[]>();
  for (const group of frozenGroupsOf(tip, items.values())) {
    const hashes = await store.frozen(group);
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  const reader = coinsReader({ view: tip, items, frozen });
  const known = new Set(asked.map(outpointKey));
  return {
    ...reader,
    coin: (outpoint) => (known.has(outpointKey(outpoint)) ? reader.coin(outpoint) : undefined),
  };
}
