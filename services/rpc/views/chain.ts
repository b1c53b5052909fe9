import type { Stores } from "#services/rpc/deps.ts";
import { coinAt } from "#shared/coins/coin-at.ts";
import { coinKeyOf, OUTPUTS_MAX, slotOf } from "#shared/coins/coin-key.ts";
import { frozenGroupsOf } from "#shared/coins/coins-reader.ts";
import type { Tip } from "#shared/coins/tip.ts";
import type { View } from "#shared/coins/view.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, type Height, height } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** The chain at one committed tip. Every view of one answer is read through one of these. */
export interface Chain {
  readonly tip: HeaderRecord;
  readonly tipHeader: StoredHeader;
  /** The lowest height that a reorganisation may still replace is one above it. */
  readonly finalHeight: Height;
  readonly committed: Tip;
  /** @returns `undefined` above the tip and below genesis */
  hashAt(at: number): Promise<HashHex | undefined>;
  /** @throws StoreFault when the header of a block of this chain is missing */
  headerAt(at: number): Promise<StoredHeader | undefined>;
  /**
   * All at once, in the order asked, without those above the tip and below genesis.
   * @param heights at most 2,000 @throws StoreFault as `headerAt`
   */
  headersAt(heights: readonly number[]): Promise<StoredHeader[]>;
  header(hash: HashHex): Promise<StoredHeader | undefined>;
  isActive(record: HeaderRecord): Promise<boolean>;
  /** Blocks from this one to the tip, both counted; -1 for a block that is not on this chain. */
  confirmations(record: HeaderRecord): Promise<number>;
  /** The unspent output at this tip, if it is one. */
  coin(outpoint: Outpoint): Promise<Coin | undefined>;
}

/** @throws StoreFault when there is no tip yet */
export async function openChain(stores: Pick<Stores, "coins" | "headers">): Promise<Chain> {
  const { coins, headers } = stores;
  const tip = await coins.tip();
  if (tip === undefined) throw new StoreFault("chain state has no tip", { retryable: true });
  const view: View = tip;
  const stored = await headers.get(tip.hash);
  if (stored === undefined) throw damaged(`header ${tip.hash} of the tip`);

  async function hashOf(at: number): Promise<HashHex | undefined> {
    return Number.isInteger(at) && at >= 0 ? activeHashAt(at, view, coins) : undefined;
  }
  async function isActive(record: HeaderRecord): Promise<boolean> {
    return (await hashOf(record.height)) === record.hash;
  }
  return {
    tip: stored.record,
    tipHeader: stored,
    finalHeight: height(tip.final),
    committed: tip,
    hashAt: hashOf,
    isActive,
    header: async (hash) => (hash === tip.hash ? stored : headers.get(hash)),
    async headerAt(at) {
      const hash = await hashOf(at);
      if (hash === undefined) return undefined;
      const found = await headers.get(hash);
      if (found === undefined) throw damaged(`header ${hash} of the chain`);
      return found;
    },
    async headersAt(heights) {
      const hashes = (await Promise.all(heights.map(hashOf))).flatMap((hash) => hash ?? []);
      const found = await headers.getMany(hashes);
      return hashes.map((hash, place) => {
        const header = found[place];
        if (header === undefined) throw damaged(`header ${hash} of the chain`);
        return header;
      });
    },
    async confirmations(record) {
      return (await isActive(record)) ? view.height - record.height + 1 : -1;
    },
    coin: (outpoint) => readCoin(outpoint, view, coins),
  };
}

function damaged(what: string): StoreFault {
  return new StoreFault(`${what} is missing`, { retryable: false, code: "EXOS-E1004" });
}

async function readCoin(
  { txid, index }: Outpoint,
  view: View,
  coins: Stores["coins"],
): Promise<Coin | undefined> {
  if (index >= OUTPUTS_MAX) return undefined;
  const key = coinKeyOf(txid, index);
  const [item] = await coins.read(view.gen, [key]);
  if (item === undefined) return undefined;
  const frozen = new Map<number, readonly HashHex[]>();
  for (const group of frozenGroupsOf(view, [item])) {
    const found = await coins.frozen(group);
    if (found !== undefined) frozen.set(group, found);
  }
  return coinAt(view, item, slotOf(index), frozen);
}
