import type { Height } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { CoinItem } from "./coin-item.ts";
import { unpackOutput } from "./pack-outputs.ts";
import { type FrozenIndex, isActive, type View } from "./view.ts";

/** An item asked about from one view: the highest active creator, and who spent since. */
export interface ItemStatus {
  /** Height of the highest active creator; `undefined` when no active block made these outputs. */
  readonly createdAt: Height | undefined;
  /** Bit i: an active block at or above `createdAt` spends output i. */
  readonly spent: number;
}

/**
 * Comparing heights instead of asking for "no active spender" is the same thing wherever a txid
 * occurs once on a chain, and right where it occurs again after being spent.
 *
 * @source cloud.md 4.1
 */
export function itemStatus(view: View, item: CoinItem, frozen: FrozenIndex): ItemStatus {
  let createdAt: Height | undefined;
  for (const mark of item.creators) {
    if ((createdAt === undefined || mark.height > createdAt) && isActive(view, mark, frozen)) {
      createdAt = mark.height;
    }
  }
  let spent = 0;
  if (createdAt === undefined) return { createdAt, spent };
  for (const { mark, slots } of item.spends) {
    if (mark.height >= createdAt && isActive(view, mark, frozen)) spent |= slots;
  }
  return { createdAt, spent };
}

/**
 * @param slot 0 to 7
 * @returns the coin, its script the caller's; `undefined` when it is spent, was never made on this
 *   chain, or begins with OP_RETURN
 */
export function coinAt(
  view: View,
  item: CoinItem,
  slot: number,
  frozen: FrozenIndex,
): Coin | undefined {
  const { createdAt, spent } = itemStatus(view, item, frozen);
  if (createdAt === undefined || (spent & (1 << slot)) !== 0) return undefined;
  if (item.content === undefined) return undefined;
  const output = unpackOutput(item.content.outputs, slot);
  if (output === undefined) return undefined;
  return {
    value: output.value,
    scriptPubKey: output.scriptPubKey,
    time: item.content.time,
    height: createdAt,
    kind: item.content.kind,
  };
}
