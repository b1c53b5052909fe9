import type { CoinKey } from "#shared/coins/coin-key.ts";
import { pruneItem } from "#shared/coins/prune-item.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { encodeTip } from "#shared/coins/tip-codec.ts";
import { type FrozenIndex, isActive } from "#shared/coins/view.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import type { CoinCache, Entry, Settled } from "./coin-cache.ts";
import type { CoinJournals } from "./coin-journals.ts";
import { encodeHashes } from "./hash-list.ts";
import {
  type CoinBatch,
  frozenKey,
  GENERATION_KEY,
  type LevelCoinTables,
  TIP_KEY,
  TOTALS_KEY,
} from "./level-coin-tables.ts";
import { createPacer } from "./pacer.ts";
import type { Flushed } from "./read-coin-state.ts";

/** All that one flush writes. */
export interface Flush {
  readonly tables: LevelCoinTables;
  readonly caches: ReadonlyMap<number, CoinCache>;
  readonly journals: CoinJournals;
  readonly frozenIndex: FrozenIndex;
  /** `undefined` while there is no tip: a generation is being loaded. */
  readonly flushed: Flushed | undefined;
  readonly frozen: ReadonlyMap<number, readonly HashHex[]>;
  readonly generationMax: number;
  /** Keys of open journals that memory may hold; beyond it, rows are written for each spend. */
  readonly journalKeysMax: number;
}

/** One generation's part of a flush. */
interface Part {
  readonly generation: number;
  readonly cache: CoinCache;
  readonly dirty: readonly Entry[];
  readonly settled: Settled[];
  /** Whether the journals carry what blocks that are not final spend. */
  readonly carries: boolean;
}

/**
 * One synced batch: items that changed, the journals of blocks that are not final, frozen groups,
 * and the tip. It is gathered in slices, so marks of later blocks may get into it; they are not
 * active at this tip. When it fails, memory is as if it had not been tried.
 */
export async function writeFlush(flush: Flush): Promise<void> {
  const { tables, caches, journals, flushed } = flush;
  const batch = tables.batch();
  const cut = journals.cut(flushed?.tip.gen ?? -1, flushed?.tip.final ?? 0, flush.journalKeysMax);
  const parts: Part[] = [];
  for (const [generation, cache] of caches) {
    const isPlain = journals.of(generation).some((journal) => cut.plain.has(journal));
    const carries = generation === cut.gen && !isPlain;
    parts.push({ generation, cache, dirty: cache.takeDirty(), settled: [], carries });
  }
  try {
    for (const part of parts) await gather(part, flush, batch);
    const seen = journals.save(batch, cut);
    for (const [group, hashes] of flush.frozen) batch.put(frozenKey(group), encodeHashes(hashes));
    batch.put(GENERATION_KEY, encodeU32(flush.generationMax));
    if (flushed !== undefined) {
      batch.put(TIP_KEY, encodeTip(flushed.tip));
      if (flushed.totals === undefined) batch.delete(TOTALS_KEY);
      else batch.put(TOTALS_KEY, flushed.totals);
    }
    await batch.write();
    for (const { cache, settled } of parts) cache.settle(settled);
    journals.saved(seen, cut);
  } catch (cause) {
    for (const { cache, dirty } of parts) cache.putBack(dirty);
    throw cause;
  }
}

function encodeU32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, false);
  return bytes;
}

/**
 * What can go because it became final since, or must be told by its row because its journal goes.
 * What an active block only made stays as it is: its mark stays true, and to write it shorter costs
 * a write for every coin.
 */
function closedKeys(generation: number, flush: Flush): Set<CoinKey> {
  const { flushed, journals, frozenIndex } = flush;
  const keys = new Set<CoinKey>();
  if (flushed === undefined || generation !== flushed.tip.gen) return keys;
  for (const journal of journals.of(generation)) {
    if (journal.height > flushed.tip.final) continue;
    const { spent, made } = journals.keysOf(journal);
    for (const key of spent) keys.add(key);
    const mark = { height: height(journal.height), hash: journal.hash };
    if (isActive(flushed.tip, mark, frozenIndex)) continue;
    for (const key of made) keys.add(key);
  }
  return keys;
}

/** One item that a flush must look at, with its place in memory, if it has one. */
interface Visit {
  readonly key: CoinKey;
  readonly entry: Entry | undefined;
}

/** All that is closed, and what changed beyond what journals carry. */
function* visits({ generation, cache, dirty, carries }: Part, flush: Flush): Generator<Visit> {
  const closed = closedKeys(generation, flush);
  for (const key of closed) yield { key, entry: cache.entry(key) };
  for (const entry of dirty) {
    if (carries && entry.stored && !entry.changed) continue;
    if (!closed.has(entry.key)) yield { key: entry.key, entry };
  }
}

async function gather(part: Part, flush: Flush, batch: CoinBatch): Promise<void> {
  const { generation, cache, settled } = part;
  const tip: Tip | undefined = flush.flushed?.tip;
  const pruning =
    tip === undefined || tip.gen !== generation
      ? undefined
      : { view: tip, frozen: flush.frozenIndex, final: tip.final };
  const pacer = createPacer();
  for (const { key, entry } of visits(part, flush)) {
    const from = entry === undefined ? cache.peek(key) : entry.item;
    if (from === undefined) continue;
    const item = pruning === undefined ? from : pruneItem(from, pruning);
    if (item !== undefined || entry?.stored !== false) batch.setItem(generation, key, item);
    settled.push({ key, entry, from, item });
    const turn = pacer.turn();
    if (turn !== undefined) await turn;
  }
}
