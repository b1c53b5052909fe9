import type { Coin } from "#shared/primitives/coin.ts";
import { itemStatus } from "./coin-at.ts";
import type { CoinItem } from "./coin-item.ts";
import { SLOTS_PER_ITEM } from "./coin-key.ts";
import { unpackOutput } from "./pack-outputs.ts";
import type { FrozenIndex, View } from "./view.ts";

/** A view, with the frozen groups that decide about the item at hand. */
export interface Stand {
  readonly view: View;
  readonly frozen: FrozenIndex;
}

/** One coin that is in the set of one view and not in that of the other. */
export interface SetChange {
  readonly slot: number;
  readonly added: boolean;
  readonly coin: Coin;
}

interface Alive {
  readonly height: Coin["height"] | undefined;
  readonly slots: number;
}

function aliveAt(item: CoinItem, stand: Stand | undefined): Alive {
  if (stand === undefined) return { height: undefined, slots: 0 };
  const { createdAt, spent } = itemStatus(stand.view, item, stand.frozen);
  return { height: createdAt, slots: createdAt === undefined ? 0 : 0xff & ~spent };
}

/**
 * What of one item entered and left the unspent set between two views. A coin made again at
 * another height left as one coin and entered as another.
 *
 * @param from `undefined` for the empty set, so that everything unspent at `to` is added
 */
export function setChanges(item: CoinItem, from: Stand | undefined, to: Stand): SetChange[] {
  const { content } = item;
  if (content === undefined) return [];
  const before = aliveAt(item, from);
  const after = aliveAt(item, to);
  const same = before.height === after.height ? before.slots & after.slots : 0;
  if (((before.slots | after.slots) & ~same) === 0) return [];

  const changes: SetChange[] = [];
  for (let slot = 0; slot < SLOTS_PER_ITEM; slot++) {
    const bit = 1 << slot;
    const leaves = (before.slots & ~same & bit) !== 0;
    const enters = (after.slots & ~same & bit) !== 0;
    if (!leaves && !enters) continue;
    const output = unpackOutput(content.outputs, slot);
    if (output === undefined) continue;
    const coin = { ...output, time: content.time, kind: content.kind };
    if (leaves && before.height !== undefined) {
      changes.push({ slot, added: false, coin: { ...coin, height: before.height } });
    }
    if (enters && after.height !== undefined) {
      changes.push({ slot, added: true, coin: { ...coin, height: after.height } });
    }
  }
  return changes;
}
