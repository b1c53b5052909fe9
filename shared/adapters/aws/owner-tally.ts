import type { OwnerSum } from "#shared/ports/address-index.ts";
import type { Place } from "#shared/ports/page-cursor.ts";
import {
  type Amount,
  amount,
  type HashHex,
  type Height,
  type UnixSeconds,
} from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { IndexEntry } from "./index-entry-codec.ts";

/** Coins that a summary lists; of more it has the number alone. @source cloud.md 3.3 */
export const SUMMARY_COINS_MAX = 4_096;

/** An unspent output of an owner, with its place in his list. */
export interface OwnerCoin extends Place {
  readonly txid: HashHex;
  /** Height of the block that made it. */
  readonly madeAt: Height;
  readonly value: Amount;
  /** `undefined`: read it from its block. */
  readonly scriptPubKey: Uint8Array | undefined;
  readonly time: UnixSeconds;
  readonly kind: CoinKind;
}

/** What an owner's history adds up to at some height. */
export interface OwnerSummary {
  readonly kinds: Readonly<Record<CoinKind, OwnerSum>>;
  readonly coins: number;
  /** `undefined` where there are, or were, too many. */
  readonly list: readonly OwnerCoin[] | undefined;
}

const NONE: OwnerSum = { transactions: 0, received: amount(0n), sent: amount(0n) };
/** An owner without any history. */
export const NO_SUMMARY: OwnerSummary = {
  kinds: { ordinary: NONE, coinbase: NONE, coinstake: NONE },
  coins: 0,
  list: [],
};

/** The outputs of an entry as coins, the last one first. */
export function coinsOf(entry: IndexEntry): OwnerCoin[] {
  const { txid, kind, time, height, position, madeAt = height } = entry;
  const coins = entry.outs.map(({ index, value, scriptPubKey }) => ({
    txid,
    height,
    position,
    index,
    madeAt,
    value,
    scriptPubKey,
    time,
    kind,
  }));
  return coins.sort((a, b) => b.index - a.index);
}

/** How an output is told apart. */
export function coinName({ txid, index }: Pick<OwnerCoin, "txid" | "index">): string {
  return outpointKey({ txid: fromHashHex(txid), index });
}

/** Adds entries, in the order of the chain, to a summary. */
export class OwnerTally {
  readonly #kinds: Record<CoinKind, OwnerSum>;
  #coins: number;
  #list: Map<string, OwnerCoin[]> | undefined;

  constructor({ kinds, coins, list }: OwnerSummary) {
    this.#kinds = { ...kinds };
    this.#coins = coins;
    this.#list = list === undefined ? undefined : Map.groupBy(list, coinName);
  }

  add(entry: IndexEntry): void {
    const { kind, received, sent, ins, outs } = entry;
    const before = this.#kinds[kind];
    this.#kinds[kind] = {
      transactions: before.transactions + 1,
      received: amount(before.received + received),
      sent: amount(before.sent + sent),
    };
    if (this.#list === undefined) {
      this.#coins += outs.length - ins.length;
      return;
    }
    for (const outpoint of ins) {
      const name = outpointKey(outpoint);
      this.#coins -= this.#list.get(name)?.length ?? 0;
      this.#list.delete(name);
    }
    for (const coin of coinsOf(entry)) {
      const name = coinName(coin);
      this.#list.set(name, [...(this.#list.get(name) ?? []), coin]);
      this.#coins++;
    }
  }

  /** What it adds up to now: later entries do not change it. */
  summary(): OwnerSummary {
    const list = this.#list === undefined ? undefined : [...this.#list.values()].flat();
    return { kinds: { ...this.#kinds }, coins: this.#coins, list };
  }
}
