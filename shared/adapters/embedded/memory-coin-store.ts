import { addMarks, type CoinItem, type ItemMarks } from "#shared/coins/coin-item.ts";
import { type CoinKey, coinKeyOfChunk, txidPartOf } from "#shared/coins/coin-key.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { setChanges } from "#shared/coins/set-change.ts";
import type { SetHashDialect } from "#shared/coins/set-hash.ts";
import type { SetTotals } from "#shared/coins/set-totals.ts";
import { checkTip, type NextTip, type Tip } from "#shared/coins/tip.ts";
import type { View } from "#shared/coins/view.ts";
import type { CoinStore, ScannedItem } from "#shared/ports/coin-store.ts";
import { generationGone } from "#shared/ports/generation-gone.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";

/** What may happen to a request between its sender and the store. */
export interface CoinStoreWeather {
  /**
   * Deliver one request, now or later, once or more often. May throw instead, before or after the
   * delivery: the sender then has no answer. Every request is of one item, whole.
   */
  carry<Answer>(request: () => Answer): Promise<Answer>;
}

const CALM: CoinStoreWeather = { carry: async (request) => request() };

/**
 * Chain state in memory, item by item, as a shared table would hold it: marks are only ever added,
 * nothing is dropped, and each request meets the weather on its own.
 */
export function createMemoryCoinStore(
  dialect: SetHashDialect,
  { carry }: CoinStoreWeather = CALM,
): CoinStore {
  const generations = new Map<number, Map<CoinKey, CoinItem>>([[0, new Map()]]);
  const frozen = new Map<number, readonly HashHex[]>();
  let committed: Tip | undefined;
  let generationMax = 0;

  const itemsOf = (generation: number): Map<CoinKey, CoinItem> => {
    const items = generations.get(generation);
    if (items === undefined) throw generationGone(generation);
    return items;
  };
  const add = (generation: number, marks: ItemMarks): void => {
    const items = generations.get(generation);
    items?.set(marks.key, addMarks(items.get(marks.key), marks));
  };
  const swap = (expectedRev: number, tip: Tip): boolean => {
    if ((committed?.rev ?? 0) !== expectedRev) return false;
    committed = tip;
    return true;
  };

  return {
    tip: () => carry(() => committed),
    frozen: (group) => carry(() => frozen.get(group)),
    read(generation, keys) {
      const items = itemsOf(generation);
      return Promise.all(keys.map((key) => carry(() => items.get(key))));
    },
    async readTransaction(generation: number, txid: Hash256): Promise<ScannedItem[]> {
      const part = txidPartOf(coinKeyOfChunk(txid, 0));
      return carry(() => sorted(itemsOf(generation), (key) => txidPartOf(key) === part));
    },
    async apply(generation, marks) {
      await Promise.all(marks.map((one) => carry(() => add(generation, one))));
    },
    async commit(expectedRev: number, next: NextTip): Promise<boolean> {
      checkTip(next.tip);
      await Promise.all(
        next.frozen.map(({ group, hashes }) => carry(() => void frozen.set(group, hashes))),
      );
      return carry(() => swap(expectedRev, next.tip));
    },
    async *scan(view: View): AsyncGenerator<ScannedItem> {
      const keys = [...itemsOf(view.gen).keys()].sort();
      for (const key of keys) {
        const item = await carry(() => itemsOf(view.gen).get(key));
        if (item !== undefined) yield { key, item };
      }
    },
    async totals(tip: Tip): Promise<SetTotals> {
      const totals = RunningTotals.empty(dialect);
      for (const [key, item] of itemsOf(tip.gen)) {
        for (const change of setChanges(item, undefined, { view: tip, frozen })) {
          totals.add(key, change);
        }
      }
      return totals.totals();
    },
    async createGeneration() {
      generationMax++;
      generations.set(generationMax, new Map());
      return generationMax;
    },
    async dropGeneration(generation) {
      if (generation === committed?.gen) throw new RangeError(`generation ${generation} is in use`);
      generations.delete(generation);
    },
  };
}

function sorted(
  items: ReadonlyMap<CoinKey, CoinItem>,
  wanted: (key: CoinKey) => boolean,
): ScannedItem[] {
  const found: ScannedItem[] = [];
  for (const [key, item] of items) if (wanted(key)) found.push({ key, item });
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}
