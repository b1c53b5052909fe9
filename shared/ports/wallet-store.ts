import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";

/** What its owner wrote to a payment, and when the wallet first saw it. */
export interface TransactionNote {
  readonly seen: UnixSeconds;
  /** Empty where there is none. */
  readonly comment: string;
  readonly commentTo: string;
}

/**
 * What one wallet knows besides its keys; all of it public. Keys and counts can be found out again
 * from chain and keystore, labels and notes are its owner's alone. A list is a branch of an account
 * (`0/external`), or `imported`.
 *
 * Implementation: `adapters/embedded/sqlite-wallet-store.ts`. Suite:
 * `test/ports/wallet-store.contract.ts`. Every method throws StoreFault when the world failed.
 */
export interface WalletStore {
  /** Extended public keys by account. */
  accountKeys(): Promise<ReadonlyMap<number, string>>;
  /** Known already: nothing changes. */
  addAccountKey(account: number, key: string): Promise<void>;

  /** Public keys of a list, in the order of their indexes, from 0. */
  keys(list: string): Promise<readonly Uint8Array[]>;
  /** Add keys behind those that are there; those that are there do not change. @param from index */
  addKeys(list: string, from: number, keys: readonly Uint8Array[]): Promise<void>;

  /** How many of a list were given out. */
  given(list: string): Promise<number>;
  /** Raise that count; it never falls. */
  raiseGiven(list: string, count: number): Promise<void>;

  /** Labels by the script of their address, in hex. */
  labels(): Promise<ReadonlyMap<string, string>>;
  /** @param label empty: none */
  setLabel(script: string, label: string): Promise<void>;

  note(txid: HashHex): Promise<TransactionNote | undefined>;
  /** The first time that it was seen stays. */
  setNote(txid: HashHex, note: TransactionNote): Promise<void>;
}

/** The stores of all wallets of a folder. */
export interface WalletStores {
  /** @param id of the wallet, as its keystore has it */
  of(id: string): WalletStore;
}
