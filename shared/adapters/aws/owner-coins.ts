import { comesAfter, type Place } from "#shared/ports/page-cursor.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import { activeEntries } from "./index-entries.ts";
import type { IndexStores, IndexView } from "./index-session.ts";
import { readSummary, sumUp } from "./owner-summary.ts";
import { coinName, coinsOf, type OwnerCoin } from "./owner-tally.ts";
import { unspentOf } from "./unspent-coins.ts";
import { startWalk, walkFault } from "./walk-time.ts";

/** Entries of one request. */
const PAGE_ITEMS = 256;
/** Outputs that are looked up among the coins together. */
const LOOKED_UP_AT_ONCE = 400;

/** Which of an owner's coins are wanted. */
export interface CoinRange {
  /** Height that the list speaks of. */
  readonly to: number;
  readonly after: Place;
  /** Most that are wanted. */
  readonly limit: number;
}

/** What was found, newest first. */
export interface FoundCoins {
  readonly coins: readonly OwnerCoin[];
  /** Where the time was over, and the list goes on below; `undefined` at its end. */
  readonly reached: Place | undefined;
}

/**
 * What an owner could spend at a height. Where a summary lists the older coins, the history above it
 * is walked down, so that every spender is met before what it spends. An owner of more coins than a
 * summary lists has each output looked up among the city's coins.
 *
 * @throws StoreFault `EXOS-E1016` where the history was not summed up so far
 */
export async function coinsBelow(
  part: Uint8Array,
  range: CoinRange,
  view: IndexView,
  stores: Pick<IndexStores, "coins" | "clock">,
): Promise<FoundCoins> {
  const { usable } = await readSummary(part, view);
  if (usable.up > range.to || usable.list === undefined) {
    return coinsOneByOne(part, range, view, stores);
  }
  const { to, after, limit } = range;
  const spent = new Set<string>();
  const coins: OwnerCoin[] = [];
  const take = (coin: OwnerCoin): boolean => {
    if (!spent.has(coinName(coin)) && comesAfter(coin, after)) coins.push(coin);
    return coins.length >= limit;
  };
  const isOver = startWalk(stores.clock);
  let isSummedUp = false;
  const above = { part, from: usable.up + 1, to, descending: true, pageItems: PAGE_ITEMS };
  for await (const entry of activeEntries(view, above)) {
    if (isOver() && !isSummedUp) {
      await sumUp(part, view, startWalk(stores.clock));
      const { usable: now } = await readSummary(part, view);
      if (now.up > usable.up) throw walkFault(now.up, to);
      // All that is left is of the newest blocks: nobody could sum it up.
      isSummedUp = true;
    }
    for (const outpoint of entry.ins) spent.add(outpointKey(outpoint));
    for (const coin of coinsOf(entry)) if (take(coin)) return { coins, reached: undefined };
  }
  const older = usable.list.toSorted((a, b) => (comesAfter(a, b) ? 1 : -1));
  for (const coin of older) if (take(coin)) break;
  return { coins, reached: undefined };
}

/** Walks down from where the page before ended, whatever is above. */
async function coinsOneByOne(
  part: Uint8Array,
  { to, after, limit }: CoinRange,
  view: IndexView,
  { coins: store, clock }: Pick<IndexStores, "coins" | "clock">,
): Promise<FoundCoins> {
  const isOver = startWalk(clock);
  const found: OwnerCoin[] = [];
  let outputs: OwnerCoin[] = [];
  const lookUp = async () => {
    found.push(...(await unspentOf(outputs, { chain: view.chain, to }, store)));
    outputs = [];
  };
  // The transaction of the last coin may have more of them.
  const below = { height: after.height, position: after.position + 1 };
  const range = { part, from: 0, to, descending: true, pageItems: PAGE_ITEMS, after: below };
  for await (const entry of activeEntries(view, range)) {
    outputs.push(...coinsOf(entry).filter((coin) => comesAfter(coin, after)));
    const isEnd = isOver();
    if (outputs.length < LOOKED_UP_AT_ONCE && !isEnd) continue;
    await lookUp();
    if (found.length >= limit) return { coins: found, reached: undefined };
    if (isEnd)
      return {
        coins: found,
        reached: { height: entry.height, position: entry.position, index: 0 },
      };
  }
  await lookUp();
  return { coins: found, reached: undefined };
}
