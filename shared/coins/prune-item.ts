import type { Height } from "#shared/primitives/brand.ts";
import type { CoinItem, Spend } from "./coin-item.ts";
import { baseMark, isBaseMark, type Mark } from "./mark.ts";
import { spendableSlots } from "./pack-outputs.ts";
import { type FrozenIndex, isActive, type View } from "./view.ts";

/** The highest mark at or below `final` that is active: the last word on what is final. */
function lastFinal(marks: readonly Mark[], view: View, frozen: FrozenIndex): Height | undefined {
  let last: Height | undefined;
  for (const mark of marks) {
    if (last !== undefined && mark.height <= last) continue;
    if (isActive(view, mark, frozen)) last = mark.height;
  }
  return last;
}

function spentForEver(
  spends: readonly Spend[],
  createdAt: Height,
  { view, frozen }: { readonly view: View; readonly frozen: FrozenIndex },
): number {
  let slots = 0;
  for (const { mark, slots: spent } of spends) {
    if (mark.height >= createdAt && isActive(view, mark, frozen)) slots |= spent;
  }
  return slots;
}

/**
 * An item without what no view at or above `final` can tell: marks of dead branches, marks of final
 * blocks shortened to base marks, and the item itself once all of it is spent for ever. Only for a
 * store that one process owns: in a shared one a delayed writer would bring spent coins back.
 *
 * @param final of the tip of `view`
 * @returns `undefined` when nothing is left to keep
 * @source cloud.md 4.4
 */
export function pruneItem(
  item: CoinItem,
  at: { readonly view: View; readonly frozen: FrozenIndex; readonly final: Height },
): CoinItem | undefined {
  const isOpen = (mark: Mark): boolean => mark.height > at.final && !isBaseMark(mark);
  const { creators, spends } = item;
  // So is what the last blocks made, which is most of what is written.
  if (creators.length > 0 && creators.every(isOpen) && spends.every(({ mark }) => isOpen(mark))) {
    return item;
  }
  const openCreators = item.creators.filter(isOpen);
  const openSpends = item.spends.filter(({ mark }) => isOpen(mark));
  const closed = item.creators.filter((mark) => !isOpen(mark));
  const createdAt = lastFinal(closed, at.view, at.frozen);
  if (createdAt === undefined) {
    if (openCreators.length === 0 && openSpends.length === 0) return undefined;
    return { content: item.content, creators: openCreators, spends: openSpends };
  }

  const settled = item.spends.filter(({ mark }) => !isOpen(mark));
  const spent = spentForEver(settled, createdAt, at);
  const spendable = item.content === undefined ? 0xff : spendableSlots(item.content.outputs);
  const isDead = (spendable & ~spent) === 0;
  if (isDead && openCreators.length === 0) return undefined;
  const last = { mark: baseMark(createdAt), slots: spent };
  return {
    content: item.content,
    creators: [baseMark(createdAt), ...openCreators],
    spends: spent === 0 ? openSpends : [last, ...openSpends],
  };
}
