import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import type { CoinKey } from "./coin-key.ts";
import type { Mark } from "./mark.ts";

/** What the txid fixes about the outputs of one item, whoever wrote it. */
export interface CoinContent {
  /** As `packOutputs` makes them. */
  readonly outputs: Uint8Array;
  /** Of the transaction. */
  readonly time: UnixSeconds;
  readonly kind: CoinKind;
}

/** One block that spends in this item: bit i of `slots` stands for output i. */
export interface Spend {
  readonly mark: Mark;
  readonly slots: number;
}

/**
 * Eight neighbouring outputs of one transaction, with every block that is known to have made or
 * spent them, on whichever branch. Marks are only ever added, in any order, any number of times.
 *
 * @source cloud.md 3.2
 */
export interface CoinItem {
  /** `undefined` while only spenders came: not a coin yet. */
  readonly content: CoinContent | undefined;
  readonly creators: readonly Mark[];
  readonly spends: readonly Spend[];
}

/** What one block says about one item. */
export interface ItemMarks {
  readonly key: CoinKey;
  readonly mark: Mark;
  /** Present where the block makes these outputs. */
  readonly created: CoinContent | undefined;
  /** Bit i: the block spends output i. 0 where it spends none. */
  readonly spent: number;
}

function sameMark(a: Mark, b: Mark): boolean {
  return a.height === b.height && a.hash === b.hash;
}

const NO_MARKS: readonly Mark[] = [];
const NO_SPENDS: readonly Spend[] = [];

function withCreator(creators: readonly Mark[], mark: Mark): readonly Mark[] {
  if (creators.length === 0) return [mark];
  return creators.some((creator) => sameMark(creator, mark)) ? creators : [...creators, mark];
}

function withSpend(spends: readonly Spend[], mark: Mark, slots: number): readonly Spend[] {
  if (spends.length === 0) return [{ mark, slots }];
  const known = spends.find((spend) => sameMark(spend.mark, mark));
  if (known !== undefined && (known.slots & slots) === slots) return spends;
  const others = spends.filter((spend) => spend !== known);
  return [...others, { mark, slots: slots | (known?.slots ?? 0) }];
}

/** The item with these marks as well. Repeating it changes nothing; the order does not matter. */
export function addMarks(item: CoinItem | undefined, marks: ItemMarks): CoinItem {
  const creators = item?.creators ?? NO_MARKS;
  const spends = item?.spends ?? NO_SPENDS;
  const { created, mark, spent } = marks;
  return {
    content: created ?? item?.content,
    creators: created === undefined ? creators : withCreator(creators, mark),
    spends: spent === 0 ? spends : withSpend(spends, mark, spent),
  };
}

/** Two readings of one item together: every mark of either. */
export function mergeItems(a: CoinItem | undefined, b: CoinItem | undefined): CoinItem | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const content = a.content ?? b.content;
  const creators = b.creators.filter((mark) => !a.creators.some((own) => sameMark(own, mark)));
  let spends = a.spends;
  for (const { mark, slots } of b.spends) {
    const known = spends.find((spend) => sameMark(spend.mark, mark));
    spends = [
      ...spends.filter((spend) => spend !== known),
      { mark, slots: slots | (known?.slots ?? 0) },
    ];
  }
  return { content, creators: [...a.creators, ...creators], spends };
}
