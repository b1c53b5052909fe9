import { addMarks, type ItemMarks } from "./coin-item.ts";
import type { ReadItems } from "./coins-reader.ts";
import { RunningTotals } from "./running-totals.ts";
import { setChanges } from "./set-change.ts";
import type { SetHashDialect } from "./set-hash.ts";
import type { FrozenIndex, View } from "./view.ts";

/** One block as it changes the unspent set. */
export interface BlockChange {
  /** As `marksOf` makes them. */
  readonly marks: readonly ItemMarks[];
  /** Every item that the marks touch, as the block's parent leaves it. */
  readonly items: ReadItems;
  readonly frozen: FrozenIndex;
  /** The parent's view, and the block's own. */
  readonly from: View;
  readonly to: View;
}

/**
 * Totals of the unspent set after a block. An element costs microseconds, finishing the quotient
 * about a millisecond.
 *
 * @param before `RunningTotals.encode` after its parent
 * @returns the same after the block, 408 bytes
 * @throws RangeError when an item of a mark was not read: the totals would be wrong
 * @source cloud.md 4.3 I8
 */
export function blockTotals(
  before: Uint8Array,
  { marks, items, frozen, from, to }: BlockChange,
  dialect: SetHashDialect,
): Uint8Array {
  const totals = RunningTotals.decode(dialect, before);
  for (const one of marks) {
    if (!items.has(one.key)) throw new RangeError("an item that a block touches was not read");
    const item = addMarks(items.get(one.key), one);
    for (const change of setChanges(item, { view: from, frozen }, { view: to, frozen })) {
      totals.add(one.key, change);
    }
  }
  return totals.encode();
}
