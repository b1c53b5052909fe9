import { type CoinItem, mergeItems, type Spend } from "#shared/coins/coin-item.ts";
import type { CoinKey } from "#shared/coins/coin-key.ts";
import type { Mark } from "#shared/coins/mark.ts";

/** Which slots of which items one block spends. */
export interface BlockSpends {
  readonly spent: readonly CoinKey[];
  /** The slots of each, in the same order. Bit i: output i. */
  readonly slots: Uint8Array;
}

/** Spends by the key of their item. */
export type SpendsByKey = ReadonlyMap<CoinKey, readonly Spend[]>;

const NO_SPENDS: SpendsByKey = new Map();

/**
 * Spends of flushed blocks that are not final: their journals carry them, so that the row of an
 * item need not be written again for each. Whoever reads a row lays them over it.
 */
export class OpenSpends {
  readonly #generations = new Map<number, Map<CoinKey, readonly Spend[]>>();

  of(generation: number): SpendsByKey {
    return this.#generations.get(generation) ?? NO_SPENDS;
  }

  /** Repeating it changes nothing. */
  add(generation: number, mark: Mark, { spent, slots }: BlockSpends): void {
    let byKey = this.#generations.get(generation);
    if (byKey === undefined) {
      byKey = new Map();
      this.#generations.set(generation, byKey);
    }
    for (const [at, key] of spent.entries()) {
      const known = byKey.get(key);
      if (known === undefined) {
        byKey.set(key, [{ mark, slots: slots[at] ?? 0 }]);
        continue;
      }
      const own = known.find((spend) => spend.mark.hash === mark.hash);
      const spend = { mark, slots: (slots[at] ?? 0) | (own?.slots ?? 0) };
      byKey.set(key, [...known.filter((one) => one !== own), spend]);
    }
  }

  /** The block became final: the rows tell what it spent. */
  remove(generation: number, mark: Mark, { spent }: BlockSpends): void {
    const byKey = this.#generations.get(generation);
    if (byKey === undefined) return;
    for (const key of spent) {
      const left = byKey.get(key)?.filter((spend) => spend.mark.hash !== mark.hash) ?? [];
      if (left.length === 0) byKey.delete(key);
      else byKey.set(key, left);
    }
  }

  drop(generation: number): void {
    this.#generations.delete(generation);
  }
}

/** An item as its row and the journals have it together. */
export function withSpends(item: CoinItem, spends: readonly Spend[] | undefined): CoinItem {
  if (spends === undefined) return item;
  return mergeItems({ content: undefined, creators: [], spends }, item) ?? item;
}
