import { coinKeyOf, OUTPUTS_MAX } from "#shared/coins/coin-key.ts";
import { coinsReader, frozenGroupsOf, readItems } from "#shared/coins/coins-reader.ts";
import type { View } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { IndexChain } from "./index-chain.ts";
import type { OwnerCoin } from "./owner-tally.ts";

/**
 * Those of an owner's outputs that nothing on this chain spends up to a height, in their order.
 *
 * @throws StoreFault, retryable, where the index follows another branch than the tip's there
 */
export async function unspentOf(
  outputs: readonly OwnerCoin[],
  { chain, to }: { readonly chain: IndexChain; readonly to: number },
  store: Pick<CoinStore, "read" | "frozen">,
): Promise<OwnerCoin[]> {
  const asked = outputs.filter(({ index }) => index < OUTPUTS_MAX);
  if (asked.length === 0) return [];
  const { tip } = chain;
  if (tip === undefined || to > chain.meets) {
    throw new StoreFault("The index is about to follow the tip to another branch.", {
      retryable: true,
      code: "EXOS-E1009",
    });
  }
  // Marks above the height count for nothing, whatever the window holds.
  const view: View = { ...tip, height: height(to) };
  const outpointOf = ({ txid, index }: OwnerCoin) => ({ txid: fromHashHex(txid), index });
  const keys = [...new Set(asked.map(({ txid, index }) => coinKeyOf(fromHashHex(txid), index)))];
  const items = readItems(keys, await store.read(view.gen, keys));
  const groups = frozenGroupsOf(view, items.values());
  const read = await Promise.all(groups.map((group) => store.frozen(group)));
  const frozen = new Map<number, readonly HashHex[]>();
  for (const [at, group] of groups.entries()) {
    const hashes = read[at];
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  const reader = coinsReader({ view, items, frozen });
  return asked.filter((output) => reader.coin(outpointOf(output))?.height === output.madeAt);
}
