import type { CoinKey } from "#shared/coins/coin-key.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { type Stand, setChanges } from "#shared/coins/set-change.ts";
import type { SetHashDialect } from "#shared/coins/set-hash.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { type FrozenIndex, isActive } from "#shared/coins/view.ts";
import { height } from "#shared/primitives/brand.ts";
import type { CoinCache } from "./coin-cache.ts";
import type { CoinJournals } from "./coin-journals.ts";
import { createPacer } from "./pacer.ts";

/** What knows the items of the tip's generation. */
export interface TotalsSource {
  readonly dialect: SetHashDialect;
  readonly to: Tip;
  readonly cache: CoinCache;
  readonly journals: CoinJournals;
  readonly frozen: FrozenIndex;
  /** Keys of every row of the generation on disk. */
  rows(): AsyncIterable<CoinKey>;
}

/** Totals at an earlier tip of the same generation, as `RunningTotals.encode` made them. */
export interface KnownTotals {
  readonly tip: Tip;
  readonly totals: Uint8Array;
}

/** Touched items with which totals are always brought forward: what blocks of the day touch. */
const CARRIED_MIN = 1_024;
/** Otherwise, as long as the whole set holds this many coins for each touched item. */
const COINS_PER_TOUCHED = 64;

/** Every item that a block touched which is on one of the two chains and not on the other. */
function touchedKeys(from: Tip, { to, journals, frozen }: TotalsSource): Set<CoinKey> {
  const keys = new Set<CoinKey>();
  for (const journal of journals.of(to.gen)) {
    const mark = { height: height(journal.height), hash: journal.hash };
    if (isActive(from, mark, frozen) === isActive(to, mark, frozen)) continue;
    const { spent, made } = journals.keysOf(journal);
    for (const key of spent) keys.add(key);
    for (const key of made) keys.add(key);
  }
  return keys;
}

async function addChanges(
  totals: RunningTotals,
  keys: Iterable<CoinKey> | AsyncIterable<CoinKey>,
  before: Stand | undefined,
  { to, cache, frozen }: TotalsSource,
): Promise<RunningTotals> {
  const after: Stand = { view: to, frozen };
  const pacer = createPacer();
  for await (const key of keys) {
    const item = cache.peek(key);
    if (item === undefined) continue;
    for (const change of setChanges(item, before, after)) totals.add(key, change);
    const turn = pacer.turn();
    if (turn !== undefined) await turn;
  }
  return totals;
}

/** Bring totals forward by the net change: a coin made and spent in between costs nothing. */
export function advanceTotals(from: KnownTotals, source: TotalsSource): Promise<RunningTotals> {
  const totals = RunningTotals.decode(source.dialect, from.totals);
  const before = { view: from.tip, frozen: source.frozen };
  return addChanges(totals, touchedKeys(from.tip, source), before, source);
}

/**
 * The same, where it costs little beside what it saves. An element of the set hash costs as much as
 * writing its coin does, so a flush of full blocks, or of an import into a small set, lets the
 * totals go; whoever asks for them next has them counted.
 */
export async function carryTotals(
  from: KnownTotals,
  source: TotalsSource,
): Promise<RunningTotals | undefined> {
  const totals = RunningTotals.decode(source.dialect, from.totals);
  const keys = touchedKeys(from.tip, source);
  const limit = Math.max(CARRIED_MIN, totals.coins / COINS_PER_TOUCHED);
  if (keys.size > limit) return undefined;
  return addChanges(totals, keys, { view: from.tip, frozen: source.frozen }, source);
}

/** Everything in memory and on disk, each once: the keys of a whole set would fill the memory. */
async function* allKeys({ cache, rows }: TotalsSource): AsyncGenerator<CoinKey> {
  // What comes into memory from here on is on disk, or above the block that is counted.
  const cached = new Set(cache.keys());
  for await (const key of rows()) if (!cached.has(key)) yield key;
  yield* cached;
}

/** Count the whole set, in memory and on disk: about 20 µs a coin. */
export function countTotals(source: TotalsSource): Promise<RunningTotals> {
  return addChanges(RunningTotals.empty(source.dialect), allKeys(source), undefined, source);
}
