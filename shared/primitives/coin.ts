import type { Amount, Hash256, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** What kind of transaction made a coin, by its shape (spec 2.2), at any place in its block. */
export type CoinKind = "ordinary" | "coinbase" | "coinstake";

/** One unspent output, with what the rules ask about the transaction that made it. */
export interface Coin {
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
  /** Time of the transaction, not of its block. */
  readonly time: UnixSeconds;
  readonly height: Height;
  readonly kind: CoinKind;
}

/** The unspent set as one block sees it: its ancestors' and what it made and spent so far. */
export interface CoinsReader {
  /** @returns nothing when the output is unknown, spent, or begins with OP_RETURN */
  coin(outpoint: Outpoint): Coin | undefined;
  /** Whether any output of this transaction is unspent. */
  hasUnspent(txid: Hash256): boolean;
}
