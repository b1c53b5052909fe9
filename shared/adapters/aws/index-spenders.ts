import { coinAt } from "#shared/coins/coin-at.ts";
import { chunkOf, SLOTS_PER_ITEM } from "#shared/coins/coin-key.ts";
import { frozenGroupsOf } from "#shared/coins/coins-reader.ts";
import { BASE_HASH, type Mark } from "#shared/coins/mark.ts";
import type { Spender } from "#shared/ports/address-index.ts";
import type { ScannedItem } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { activeEntries } from "./index-entries.ts";
import { ownerHash, ownerPart } from "./index-keys.ts";
import { placesOf, readTransactions } from "./index-outputs.ts";
import type { IndexStores, IndexView } from "./index-session.ts";
import { startWalk, type WalkTime } from "./walk-time.ts";

type Stores = Pick<IndexStores, "coins" | "blocks" | "wire" | "clock">;

/**
 * Who spends the outputs of a transaction, without an item of its own for it: the coins name the
 * block that spends each, and that block names the input. What a snapshot has left out, because it
 * was spent before, is looked for in the history of whom the output paid.
 *
 * @throws StoreFault `EXOS-E1016` where that history is too long for one call
 */
export async function readSpenders(
  txid: Hash256,
  view: IndexView,
  stores: Stores,
): Promise<Map<number, Spender>> {
  const { tip } = view.chain;
  const found = new Map<number, Spender>();
  const items = tip === undefined ? [] : await stores.coins.readTransaction(tip.gen, txid);
  const blocks = new Map<HashHex, Promise<readonly HashedTransaction[] | undefined>>();
  for (const [index, mark] of await spendingBlocks(items, view)) {
    const read = blocks.get(mark.hash) ?? readTransactions(mark.hash, stores);
    blocks.set(mark.hash, read);
    const spender = spenderIn((await read) ?? [], { txid, index });
    if (spender !== undefined) found.set(index, { ...spender, height: mark.height });
  }
  if (tip !== undefined && tip.floor > 0) await addSpentBelow({ txid, items, found }, view, stores);
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** By output: the highest block of this chain that spends it. */
async function spendingBlocks(
  items: readonly ScannedItem[],
  { chain }: Pick<IndexView, "chain">,
): Promise<Map<number, Mark>> {
  const found = new Map<number, Mark>();
  for (const { key, item } of items) {
    for (const { mark, slots } of item.spends) {
      if (mark.hash === BASE_HASH || !(await chain.has(mark))) continue;
      for (let slot = 0; slot < SLOTS_PER_ITEM; slot++) {
        const index = chunkOf(key) * SLOTS_PER_ITEM + slot;
        const isHigher = mark.height >= (found.get(index)?.height ?? 0);
        if ((slots & (1 << slot)) !== 0 && isHigher) found.set(index, mark);
      }
    }
  }
  return found;
}

function spenderIn(
  transactions: readonly HashedTransaction[],
  { txid, index }: { readonly txid: Hash256; readonly index: number },
): Omit<Spender, "height"> | undefined {
  for (const tx of transactions) {
    const input = tx.inputs.findIndex(
      ({ prevout }) => prevout.index === index && equalBytes(prevout.txid, txid),
    );
    if (input >= 0) return { txid: toHashHex(tx.txid), input };
  }
  return undefined;
}

/** Outputs that were spent at or below the floor of the coins, of which these know nothing. */
async function addSpentBelow(
  asked: {
    readonly txid: Hash256;
    readonly items: readonly ScannedItem[];
    readonly found: Map<number, Spender>;
  },
  view: IndexView,
  stores: Stores,
): Promise<void> {
  const { tip } = view.chain;
  if (tip === undefined) return;
  const isOver = startWalk(stores.clock);
  for await (const place of placesOf(asked.txid, view.table)) {
    if (place.height > tip.floor || !(await view.chain.has(place))) continue;
    const made = (await readTransactions(place.hash, stores))?.[place.position];
    const unspent = await unspentIndexes(asked.items, view, stores);
    for (const [index, { scriptPubKey }] of (made?.outputs ?? []).entries()) {
      if (asked.found.has(index) || unspent.has(index)) continue;
      const owner = ownerHash(scriptPubKey);
      if (owner === undefined) continue;
      const outpoint = { txid: asked.txid, index };
      const range = { from: place.height, to: tip.floor, isOver };
      const spender = await searchHistory(outpoint, { owner, ...range }, view);
      if (spender !== undefined) asked.found.set(index, spender);
    }
    return;
  }
}

async function unspentIndexes(
  items: readonly ScannedItem[],
  { chain }: Pick<IndexView, "chain">,
  { coins }: Pick<Stores, "coins">,
): Promise<Set<number>> {
  const unspent = new Set<number>();
  const { tip } = chain;
  if (tip === undefined) return unspent;
  const frozen = new Map<number, readonly HashHex[]>();
  for (const group of frozenGroupsOf(
    tip,
    items.map(({ item }) => item),
  )) {
    const hashes = await coins.frozen(group);
    if (hashes !== undefined) frozen.set(group, hashes);
  }
  for (const { key, item } of items) {
    for (let slot = 0; slot < SLOTS_PER_ITEM; slot++) {
      const isUnspent = coinAt(tip, item, slot, frozen) !== undefined;
      if (isUnspent) unspent.add(chunkOf(key) * SLOTS_PER_ITEM + slot);
    }
  }
  return unspent;
}

async function searchHistory(
  outpoint: { readonly txid: Hash256; readonly index: number },
  range: {
    readonly owner: Uint8Array;
    readonly from: number;
    readonly to: number;
    readonly isOver: WalkTime;
  },
  view: IndexView,
): Promise<Spender | undefined> {
  const { owner, from, to, isOver } = range;
  const entries = activeEntries(view, { part: ownerPart(owner), from, to, descending: false });
  for await (const { txid, height, ins } of entries) {
    const spent = ins.find(
      (one) => one.index === outpoint.index && equalBytes(one.txid, outpoint.txid),
    );
    if (spent !== undefined) return { txid, input: spent.input, height };
    if (isOver()) throw tooFar(outpoint);
  }
  return undefined;
}

/** Another call would begin where this one did. */
function tooFar({ txid, index }: { readonly txid: Hash256; readonly index: number }): StoreFault {
  const output = `output ${index} of ${toHashHex(txid)}`;
  return new StoreFault(`What spends ${output} is too far up in the history of a busy address.`, {
    retryable: false,
    code: "EXOS-E1016",
  });
}
