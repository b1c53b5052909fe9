import type { AddressParams, Network } from "#shared/consensus/params.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { oneAfterTheOther } from "#shared/ports/in-turn.ts";
import type { WalletCard } from "#shared/ports/keystores.ts";
import type { WalletStore } from "#shared/ports/wallet-store.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { printAddress } from "#shared/script/address.ts";
import { ownerScript, stakerOf, stakerScript } from "#shared/script/owner-script.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";
import { type AccountKeys, openAccount } from "#shared/wallet/extended-key.ts";
import {
  type Branch,
  COLD_ACCOUNT,
  HOT_ACCOUNT,
  type KeyPath,
  printKeyPath,
} from "#shared/wallet/key-path.ts";
import { SCHEMES } from "#shared/wallet/scheme.ts";

/** A key of the wallet and the scripts by which it is found. */
export interface WatchedKey {
  readonly list: KeyList;
  readonly key: KeyPath;
  /** As people write it. */
  readonly path: string;
  readonly publicKey: Uint8Array;
  /** Pays to the hash of the key. */
  readonly scriptPubKey: Uint8Array;
  readonly address: string;
}

/** A branch of an account, or the keys of an import. */
export interface KeyList {
  /** `0/external`, or `imported`. */
  readonly id: string;
  readonly account: number;
  readonly branch: Branch;
  /** Keys that stake for others: their coins are listed under `stakerScript`. */
  readonly staker: boolean;
  /** How many keys there are; `undefined`: as many as are asked for. */
  readonly length: number | undefined;
}

/** What an output script is to the wallet. */
export interface Ownership {
  readonly watched: WatchedKey;
  /** `staker`: it may be staked with this key, not spent. */
  readonly role: "owner" | "staker";
}

/** The public side of one wallet's keys, derived as far as somebody asked. */
export interface WatchList {
  /** Every list whose keys can be known while the wallet is locked. */
  lists(): readonly KeyList[];
  /** Make sure that a list has so many keys; fewer where it is a list of imported ones. */
  reach(list: KeyList, count: number): Promise<readonly WatchedKey[]>;
  /** Whose output this is, of the keys reached so far. */
  ownership(script: Uint8Array): Ownership | undefined;
  /** Every key of ours that an output is listed under. */
  touchedBy(script: Uint8Array): readonly WatchedKey[];
  /** Rises when a key is reached that was not before. */
  readonly size: number;
  /** Account keys that only an open wallet can tell. */
  addAccount(account: number, key: string): Promise<void>;
  addImported(publicKeys: readonly Uint8Array[]): Promise<void>;
}

export const IMPORTED: KeyList = {
  id: "imported",
  account: 0,
  branch: "external",
  staker: false,
  length: 0,
};

const BRANCHES: readonly Branch[] = ["external", "internal"];

/** Accounts beside the first whose coins a wallet shows. @source exos-l1.md 9.4 */
export const COLD_STAKING_ACCOUNTS = [COLD_ACCOUNT, HOT_ACCOUNT] as const;

/** @throws StoreFault when the store failed */
export async function openWatchList(
  card: WalletCard,
  store: WalletStore,
  network: Pick<Network, "kind" | "addresses">,
): Promise<WatchList> {
  const watch = new KeyWatch({ card, store, network });
  if (card.accountKey !== undefined) watch.open(0, card.accountKey);
  for (const [account, key] of await store.accountKeys()) watch.open(account, key);
  if (card.scheme === "keys") await watch.readImported();
  return watch;
}

interface WatchDeps {
  readonly card: WalletCard;
  readonly store: WalletStore;
  readonly network: Pick<Network, "kind" | "addresses">;
}

class KeyWatch implements WatchList {
  readonly #deps: WatchDeps;
  readonly #accounts = new Map<number, AccountKeys>();
  readonly #lists: KeyList[] = [];
  readonly #keys = new Map<string, WatchedKey[]>();
  readonly #owners = new Map<string, Ownership>();
  readonly #inTurn = oneAfterTheOther();

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  lists(): readonly KeyList[] {
    return this.#lists;
  }

  get size(): number {
    return this.#owners.size;
  }

  /** Begin to watch an account; a key of another network is passed over. */
  open(account: number, extendedKey: string): void {
    const keys = openAccount(extendedKey, this.#deps.network.kind);
    if (keys === undefined || this.#accounts.has(account)) return;
    this.#accounts.set(account, keys);
    const staker = account === HOT_ACCOUNT;
    for (const branch of BRANCHES) {
      const id = `${account}/${branch}`;
      this.#lists.push({ id, account, branch, staker, length: undefined });
    }
  }

  async readImported(): Promise<void> {
    const keys = await this.#deps.store.keys(IMPORTED.id);
    if (keys.length === 0 || this.#keys.has(IMPORTED.id)) return;
    const list = { ...IMPORTED, length: keys.length };
    this.#lists.push(list);
    this.#add(list, keys);
  }

  async addAccount(account: number, key: string): Promise<void> {
    if (this.#accounts.has(account)) return;
    await this.#deps.store.addAccountKey(account, key);
    this.open(account, key);
  }

  async addImported(publicKeys: readonly Uint8Array[]): Promise<void> {
    await this.#deps.store.addKeys(IMPORTED.id, 0, publicKeys);
    await this.readImported();
  }

  async reach(list: KeyList, count: number): Promise<readonly WatchedKey[]> {
    const known = this.#keys.get(list.id)?.length ?? 0;
    const account = this.#accounts.get(list.account);
    if (list.length === undefined && account !== undefined && known < count) {
      await this.#inTurn(() => this.#extend(list, account, count));
    }
    return this.#keys.get(list.id) ?? [];
  }

  /** A key's index is its place: two that extend a list at once would add it twice. */
  async #extend(list: KeyList, account: AccountKeys, count: number): Promise<void> {
    const { store } = this.#deps;
    if (!this.#keys.has(list.id)) this.#add(list, await store.keys(list.id));
    const from = this.#keys.get(list.id)?.length ?? 0;
    const missing = Array.from({ length: Math.max(0, count - from) }, (_, place) =>
      account.publicKey(list.branch, from + place),
    );
    await store.addKeys(list.id, from, missing);
    this.#add(list, missing);
  }

  ownership(script: Uint8Array): Ownership | undefined {
    if (script.length === 0) return undefined;
    const owner = this.#owners.get(toHex(ownerScript(script)));
    if (owner !== undefined) return owner;
    const staker = stakerOf(script);
    return staker === undefined ? undefined : this.#owners.get(toHex(staker));
  }

  touchedBy(script: Uint8Array): readonly WatchedKey[] {
    if (script.length === 0) return [];
    const scripts = [ownerScript(script), stakerOf(script)];
    return scripts.flatMap((listed) =>
      listed === undefined ? [] : (this.#owners.get(toHex(listed))?.watched ?? []),
    );
  }

  #add(list: KeyList, publicKeys: readonly Uint8Array[]): void {
    const keys = this.#keys.get(list.id) ?? [];
    const { card, network } = this.#deps;
    for (const publicKey of publicKeys) {
      const watched = watchedKey({ list, index: keys.length, publicKey }, card, network.addresses);
      keys.push(watched);
      this.#owners.set(toHex(watched.scriptPubKey), { watched, role: "owner" });
      if (!list.staker) continue;
      const staked = toHex(stakerScript(hash160(publicKey)));
      this.#owners.set(staked, { watched, role: "staker" });
    }
    this.#keys.set(list.id, keys);
  }
}

function watchedKey(
  place: { readonly list: KeyList; readonly index: number; readonly publicKey: Uint8Array },
  { scheme }: WalletCard,
  format: AddressParams,
): WatchedKey {
  const { list, index, publicKey } = place;
  const { account, branch } = list;
  const key: KeyPath =
    scheme === "keys" ? { kind: "imported", index } : { kind: "derived", account, branch, index };
  const hash = hash160(publicKey);
  return {
    list,
    key,
    path: printKeyPath(key, SCHEMES[scheme === "keys" ? "exos-248" : scheme]),
    publicKey,
    scriptPubKey: payToKeyHash(hash),
    address: printAddress({ kind: "p2pkh", hash }, format) ?? "",
  };
}
