import { comesAfter, type Place } from "#shared/ports/page-cursor.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import { activeEntries } from "./index-entries.ts";
import type { IndexView } from "./index-session.ts";
import { readSummary } from "./owner-summary.ts";
import { coinName, coinsOf, type OwnerCoin } from "./owner-tally.ts";

/** Entries of one request. */
const PAGE_ITEMS = 256;

/** Which of an owner's coins are wanted. */
export interface CoinRange {
  /** Height that the list speaks of. */
  readonly to: number;
  readonly after: Place;
  /** Most that are wanted. */
  readonly limit: number;
}

/**
 * What an owner could spend at a height, newest first: walking down, every spender is met before
 * what it spends. The walk ends with the page, or at the summary, whose coins come last.
 */
export async function coinsBelow(
  part: Uint8Array,
  { to, after, limit }: CoinRange,
  view: IndexView,
): Promise<OwnerCoin[]> {
  const { usable } = await readSummary(part, view);
  const list = usable.up <= to ? usable.list : undefined;
  const up = list === undefined ? -1 : usable.up;
  const spent = new Set<string>();
  const found: OwnerCoin[] = [];
  const take = (coin: OwnerCoin): boolean => {
    if (!spent.has(coinName(coin)) && comesAfter(coin, after)) found.push(coin);
    return found.length >= limit;
  };
  const range = { part, from: up + 1, to, descending: true, pageItems: PAGE_ITEMS };
  for await (const entry of activeEntries(view, range)) {
    for (const outpoint of entry.ins) spent.add(outpointKey(outpoint));
    for (const coin of coinsOf(entry)) if (take(coin)) return found;
  }
  const older = (list ?? []).toSorted((a, b) => (comesAfter(a, b) ? 1 : -1));
  for (const coin of older) if (take(coin)) return found;
  return found;
}
