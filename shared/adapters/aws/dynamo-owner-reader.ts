import type {
  AddressIndex,
  HistoryEntry,
  HistoryQuery,
  IndexedCoin,
  IndexPoint,
  Page,
  PageFault,
  PageQuery,
} from "#shared/ports/address-index.ts";
import {
  BEFORE_ALL,
  checkPageLimit,
  decodePageCursor,
  encodePageCursor,
  type Place,
  pageOf,
} from "#shared/ports/page-cursor.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";
import { activeEntries } from "./index-entries.ts";
import type { IndexEntry } from "./index-entry-codec.ts";
import { ownerHash, ownerPart } from "./index-keys.ts";
import { readOutputs } from "./index-outputs.ts";
import type { IndexSession, IndexStores, IndexView } from "./index-session.ts";
import { coinsBelow } from "./owner-coins.ts";
import { sumUp } from "./owner-summary.ts";
import { NO_SUMMARY, type OwnerCoin } from "./owner-tally.ts";
import { startWalk } from "./walk-time.ts";

/** What is asked about owners. */
export type OwnerReader = Pick<AddressIndex, "totals" | "history" | "coins">;

/** Entries read beyond a page, some of which are of other branches. */
const PAGE_SLACK = 16;

export function createDynamoOwnerReader(session: IndexSession): OwnerReader {
  const { stores } = session;
  return {
    async totals(script) {
      const view = await viewOf(session);
      const { at } = view.chain;
      const part = partOf(script);
      const { kinds, coins } =
        part === undefined ? NO_SUMMARY : await sumUp(part, view, startWalk(stores.clock));
      return { at, kinds, coins };
    },
    async history(query) {
      const view = await viewOf(session);
      const started = await startOf(query, view, stores);
      if (!started.ok) return started;
      const { at } = started.value;
      const { entries, reached } = await readHistory(query, started.value, view, stores);
      const page = pageOf(entries, query, at, (entry) => ({ ...entry, index: 0 }));
      return { ok: true, value: goingOn(page, reached) };
    },
    async coins(query) {
      const view = await viewOf(session);
      const started = await startOf(query, view, stores);
      if (!started.ok) return started;
      const { at, after } = started.value;
      const part = partOf(query.script);
      const asked = { to: at.height, after, limit: query.limit + 1 };
      const { coins, reached } =
        part === undefined
          ? { coins: [], reached: undefined }
          : await coinsBelow(part, asked, view, stores);
      const page = goingOn(
        pageOf(coins, query, at, (coin) => coin),
        reached,
      );
      return { ok: true, value: { ...page, items: await withScripts(page.items, view, stores) } };
    },
  };
}

async function viewOf(session: IndexSession): Promise<IndexView> {
  const view = await session.view();
  // A city has blocks before its index follows them: whoever asks meanwhile asks again.
  if (view === undefined)
    throw new StoreFault("The index follows no chain yet.", { retryable: true });
  return view;
}

/** @returns `undefined` for the empty script, which nobody owns */
function partOf(script: Uint8Array): Uint8Array | undefined {
  const owner = ownerHash(script);
  return owner === undefined ? undefined : ownerPart(owner);
}

/** Where a list starts, and of which block it speaks. */
async function startOf(
  query: PageQuery,
  { chain }: IndexView,
  { heightOf }: Pick<IndexStores, "heightOf">,
): Promise<Result<{ readonly at: IndexPoint; readonly after: Place }, PageFault>> {
  checkPageLimit(query.limit);
  if (query.cursor === undefined) return { ok: true, value: { at: chain.at, after: BEFORE_ALL } };
  const cursor = decodePageCursor(query.cursor);
  if (cursor === undefined) return { ok: false, error: "bad cursor" };
  const known = await heightOf(cursor.at);
  const at = known === undefined ? undefined : { height: height(known), hash: cursor.at };
  if (at === undefined || !(await chain.has(at))) {
    return { ok: false, error: "cursor left the chain" };
  }
  return { ok: true, value: { at, after: cursor.after } };
}

/** Entries of a page, and one more where there are more of them. */
async function readHistory(
  { script, kind, heightFrom = 0, heightTo, limit }: HistoryQuery,
  { at, after }: { readonly at: IndexPoint; readonly after: Place },
  view: IndexView,
  { clock }: Pick<IndexStores, "clock">,
): Promise<{ readonly entries: readonly HistoryEntry[]; readonly reached: Place | undefined }> {
  const part = partOf(script);
  const entries: HistoryEntry[] = [];
  if (part === undefined) return { entries, reached: undefined };
  const to = Math.min(at.height, heightTo ?? at.height);
  const range = { part, from: heightFrom, to, after, descending: true };
  const isOver = startWalk(clock);
  for await (const entry of activeEntries(view, { ...range, pageItems: limit + PAGE_SLACK })) {
    if (kind === undefined || entry.kind === kind) entries.push(historyEntryOf(entry));
    if (entries.length > limit) break;
    // An owner may have a million entries, and hardly one of this kind.
    if (isOver()) {
      return { entries, reached: { height: entry.height, position: entry.position, index: 0 } };
    }
  }
  return { entries, reached: undefined };
}

/** A page that goes on below the place where the time to look for more was over. */
function goingOn<Item>(page: Page<Item>, reached: Place | undefined): Page<Item> {
  if (reached === undefined || page.next !== undefined) return page;
  return { ...page, next: encodePageCursor({ at: page.at.hash, after: reached }) };
}

function historyEntryOf(entry: IndexEntry): HistoryEntry {
  const { txid, height, hash, position, blockTime, kind, received, sent } = entry;
  return { txid, height, hash, position, blockTime, kind, received, sent };
}

/** Coins as callers have them; scripts that no entry holds are looked up. */
async function withScripts(
  coins: readonly OwnerCoin[],
  { table }: IndexView,
  stores: IndexStores,
): Promise<IndexedCoin[]> {
  const long = coins.filter(({ scriptPubKey }) => scriptPubKey === undefined);
  const outpoints = long.map(({ txid, index }) => ({ txid: fromHashHex(txid), index }));
  const facts = long.length === 0 ? [] : await readOutputs(outpoints, { ...stores, table });
  const scripts = new Map(long.map((coin, at) => [coin, facts[at]?.scriptPubKey]));
  return coins.map((coin) => ({
    txid: coin.txid,
    index: coin.index,
    height: coin.madeAt,
    value: coin.value,
    scriptPubKey: coin.scriptPubKey ?? scripts.get(coin) ?? new Uint8Array(0),
    time: coin.time,
    kind: coin.kind,
  }));
}
