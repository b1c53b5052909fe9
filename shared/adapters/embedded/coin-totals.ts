import type { CoinKey } from "#shared/coins/coin-key.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { type Stand, setChanges } from "#shared/coins/set-change.ts";
import type { SetHashDialect } from "#shared/coins/set-hash.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { type FrozenIndex, isActive } from "#shared/coins/view.ts";
import type { CoinCache } from "./coin-cache.ts";
import type { CoinJournals } from "./coin-journals.ts";
import type { Flushed } from "./level-coin-store.ts";
import { createPacer } from "./pacer.ts";

/** From where to where, and what knows the difference. */
export interface TotalsSource {
  readonly dialect: SetHashDialect;
  readonly from: Flushed | undefined;
  readonly to: Tip;
  readonly cache: CoinCache;
  readonly journals: CoinJournals;
  readonly frozen: FrozenIndex;
  /** Keys of every row of the generation on disk. */
  rows(): AsyncIterable<CoinKey>;
}

/** Every item that a block touched which is on one of the two chains and not on the other. */
function touchedKeys(from: Tip, { to, journals, frozen }: TotalsSource): Set<CoinKey> {
  const keys = new Set<CoinKey>();
  for (const journal of journals.of(to.gen)) {
    const mark = { height: journal.height as Tip["height"], hash: journal.hash };
    if (isActive(from, mark, frozen) === isActive(to, mark, frozen)) continue;
    const { spent, made } = journals.keysOf(journal);
    for (const key of spent) keys.add(key);
    for (const key of made) keys.add(key);
  }
  return keys;
}

/**
 * Totals at a tip, brought forward from the last flush by the net change of the set: a coin made
 * and spent in between costs nothing. A generation that was never flushed as the tip's is counted
 * from all its items.
 */
export async function advanceTotals(source: TotalsSource): Promise<RunningTotals> {
  const { dialect, from, to, cache, frozen } = source;
  const isKnown = from !== undefined && from.tip.gen === to.gen;
  const totals = isKnown
    ? RunningTotals.decode(dialect, from.totals)
    : RunningTotals.empty(dialect);
  const before: Stand | undefined = isKnown ? { view: from.tip, frozen } : undefined;
  const after: Stand = { view: to, frozen };
  const pacer = createPacer();

  let keys: Set<CoinKey>;
  if (isKnown) keys = touchedKeys(from.tip, source);
  else {
    keys = new Set(cache.keys());
    for await (const key of source.rows()) keys.add(key);
  }
  for (const key of keys) {
    const item = cache.peek(key);
    if (item === undefined) continue;
    for (const change of setChanges(item, before, after)) totals.add(key, change);
    const turn = pacer.turn();
    if (turn !== undefined) await turn;
  }
  return totals;
}
