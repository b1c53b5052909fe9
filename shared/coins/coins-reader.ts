import type { CoinsReader } from "#shared/primitives/coin.ts";
import { coinAt, itemStatus } from "./coin-at.ts";
import { type CoinItem, mergeItems } from "./coin-item.ts";
import {
  type CoinKey,
  chunkOf,
  coinKeyOf,
  coinKeyOfChunk,
  OUTPUTS_MAX,
  slotOf,
  txidPartOf,
} from "./coin-key.ts";
import { spendableSlots } from "./pack-outputs.ts";
import { type FrozenIndex, frozenGroupOf, type View } from "./view.ts";

/** What was read for one block: every key that was asked for, absent items too. */
export type ReadItems = ReadonlyMap<CoinKey, CoinItem | undefined>;

/** Pair keys with what a store answered for them, in the order asked. */
export function readItems(
  keys: readonly CoinKey[],
  items: readonly (CoinItem | undefined)[],
): Map<CoinKey, CoinItem | undefined> {
  const read = new Map<CoinKey, CoinItem | undefined>();
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at];
    if (key !== undefined) read.set(key, items[at]);
  }
  return read;
}

/** Numbers of the frozen groups that a view needs to judge these items, each once. */
export function frozenGroupsOf(
  view: View,
  items: Iterable<CoinItem | undefined>,
  groupBlocks?: number,
): number[] {
  const groups = new Set<number>();
  const note = (group: number | undefined): void => {
    if (group !== undefined) groups.add(group);
  };
  for (const item of items) {
    for (const mark of item?.creators ?? []) note(frozenGroupOf(view, mark, groupBlocks));
    for (const { mark } of item?.spends ?? []) note(frozenGroupOf(view, mark, groupBlocks));
  }
  return [...groups];
}

/**
 * The unspent set at a view, out of items that were read for it.
 *
 * @param items every item the block will ask about; an item that was not read is a bug, since
 *   "missing" would be a wrong verdict: asking for it is a RangeError
 * @param overlay marks of blocks of this view that the store may not show yet
 */
export function coinsReader(source: {
  readonly view: View;
  readonly items: ReadItems;
  readonly frozen: FrozenIndex;
  readonly overlay?: ReadonlyMap<CoinKey, CoinItem>;
}): CoinsReader {
  const { view, items, frozen, overlay } = source;
  const laterChunks = new Map<string, CoinKey[]>();
  for (const key of items.keys()) {
    if (chunkOf(key) === 0) continue;
    const part = txidPartOf(key);
    const chunks = laterChunks.get(part);
    if (chunks === undefined) laterChunks.set(part, [key]);
    else chunks.push(key);
  }

  const itemOf = (key: CoinKey): CoinItem | undefined => {
    const read = items.get(key);
    if (read === undefined && !items.has(key)) {
      throw new RangeError(`coin item ${chunkOf(key)} of a transaction was not read`);
    }
    return overlay === undefined ? read : mergeItems(read, overlay.get(key));
  };
  const isUnspent = (key: CoinKey): boolean => {
    const item = itemOf(key);
    if (item?.content === undefined) return false;
    const { createdAt, spent } = itemStatus(view, item, frozen);
    return createdAt !== undefined && (spendableSlots(item.content.outputs) & ~spent) !== 0;
  };

  return {
    coin({ txid, index }) {
      if (index >= OUTPUTS_MAX) return undefined;
      const item = itemOf(coinKeyOf(txid, index));
      return item === undefined ? undefined : coinAt(view, item, slotOf(index), frozen);
    },
    hasUnspent(txid) {
      const first = coinKeyOfChunk(txid, 0);
      if (laterChunks.size === 0) return isUnspent(first);
      const later = laterChunks.get(txidPartOf(first)) ?? [];
      if ((later.length === 0 || items.has(first)) && isUnspent(first)) return true;
      return later.some(isUnspent);
    },
  };
}
