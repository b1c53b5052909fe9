import { TOTALS_BYTES } from "#shared/coins/running-totals.ts";
import { checkTip, type Tip } from "#shared/coins/tip.ts";
import { decodeTip } from "#shared/coins/tip-codec.ts";
import { CoinJournals } from "./coin-journals.ts";
import {
  coinRange,
  GENERATION_KEY,
  type LevelCoinTables,
  TIP_KEY,
  TOTALS_KEY,
} from "./level-coin-tables.ts";

/** What is durable. */
export interface Flushed {
  readonly tip: Tip;
  /** As `RunningTotals.encode` makes them; `undefined` until somebody asks for them. */
  readonly totals: Uint8Array | undefined;
}

/** What a folder of coins holds when it is opened. */
export interface CoinState {
  readonly flushed: Flushed | undefined;
  readonly generationMax: number;
  readonly journals: CoinJournals;
}

/**
 * Read it, and clear what belongs to no tip.
 *
 * @throws StoreFault `EXOS-E1004` for a tip that is damaged
 */
export async function readCoinState(tables: LevelCoinTables): Promise<CoinState> {
  const counter = tables.read(GENERATION_KEY);
  const generationMax =
    counter === undefined ? 0 : new DataView(counter.slice().buffer).getUint32(0);
  const row = tables.read(TIP_KEY);
  const counted = tables.read(TOTALS_KEY);
  // Of an older program: counted anew by whoever asks next.
  const totals = counted?.length === TOTALS_BYTES ? counted : undefined;
  const journals = await CoinJournals.open(tables);
  if (row === undefined) {
    // Whatever lies here belongs to a load that never became a tip.
    await tables.clear(coinRange(0, 0xffff_fffe));
    return { flushed: undefined, generationMax, journals };
  }
  let tip: Tip;
  try {
    tip = decodeTip(row);
    checkTip(tip);
  } catch (cause) {
    throw tables.damaged(TIP_KEY, cause);
  }
  if (tip.gen > 0) await tables.clear(coinRange(0, tip.gen - 1));
  await tables.clear(coinRange(tip.gen + 1, 0xffff_fffe));
  return { flushed: { tip, totals: totals?.slice() }, generationMax, journals };
}
