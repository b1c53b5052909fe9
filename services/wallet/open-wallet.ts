import { ChainWatch } from "#services/wallet/chain-watch.ts";
import type { WalletDeps } from "#services/wallet/deps.ts";
import { balanceOf, type LedgerView, readLedger, stakeCoinsOf } from "#services/wallet/ledger.ts";
import { PoolWatch } from "#services/wallet/pool-watch.ts";
import { createSpending, nameOf } from "#services/wallet/spending.ts";
import { describeTransaction } from "#services/wallet/transaction-view.ts";
import {
  COLD_STAKING_ACCOUNTS,
  type KeyList,
  openWatchList,
  type WatchedKey,
  type WatchList,
} from "#services/wallet/watch-list.ts";
import { type InTurn, oneAfterTheOther } from "#shared/ports/in-turn.ts";
import type { WalletCard } from "#shared/ports/keystores.ts";
import type { Signer, UnlockOptions } from "#shared/ports/signer.ts";
import type { WalletStore } from "#shared/ports/wallet-store.ts";
import type {
  Wallet,
  WalletAddress,
  WalletAddresses,
  WalletInfo,
  WalletLedger,
} from "#shared/ports/wallets.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import type { Branch } from "#shared/wallet/key-path.ts";

/** A wallet's keystore, opened. */
export interface OpenedKeystore {
  readonly card: WalletCard;
  readonly signer: Signer & AsyncDisposable;
  /** Public keys of a wallet that derives none; needs the password. */
  importedKeys(password: string): Promise<Result<readonly Uint8Array[], Refusal>>;
}

/** A loaded wallet, until it is disposed of: then its keys are gone from memory. */
export type OpenWallet = Wallet & AsyncDisposable;

/** What one wallet takes of its service. */
type OneDeps = Omit<WalletDeps, "keystores" | "log">;

/** Everything that one loaded wallet is made of. */
interface Parts {
  readonly deps: OneDeps;
  readonly card: WalletCard;
  readonly signer: Signer;
  readonly store: WalletStore;
  readonly watch: WatchList;
  readonly chain: ChainWatch;
  readonly locked: Map<string, Outpoint>;
  readonly ledger: () => Promise<LedgerView>;
  readonly inTurn: InTurn;
}

/** @throws StoreFault when what is known of the wallet cannot be read */
export async function openWallet(keystore: OpenedKeystore, deps: OneDeps): Promise<OpenWallet> {
  const { card, signer } = keystore;
  const store = deps.stores.of(card.id);
  const watch = await openWatchList(card, store, deps.network);
  const chain = new ChainWatch(deps, watch, (list) => store.given(list.id));
  const pool = new PoolWatch(deps, watch);
  const locked = new Map<string, Outpoint>();
  const labels = () => store.labels();
  const ledger = () => readLedger({ deps, chain, pool, labels, locked });
  const parts: Parts = {
    ...{ deps, card, signer, store, watch, chain, locked, ledger },
    inTurn: oneAfterTheOther(),
  };
  return {
    name: card.name,
    card,
    signer,
    ...addressesOf(parts),
    ...ledgerOf(parts),
    ...createSpending({ ...parts, nextChange: () => peekChange(parts) }),
    ...locksOf(parts, keystore),
    [Symbol.asyncDispose]: () => signer[Symbol.asyncDispose](),
  };
}

/** The list from which addresses of a branch are given out. */
function listOf(branch: Branch, { watch }: Parts): KeyList | undefined {
  return watch.lists().find((list) => list.id === `0/${branch}`);
}

/** Index of the first key that is neither given out nor used. */
async function nextIndex(list: KeyList, { chain, store }: Parts): Promise<number> {
  const view = await chain.read();
  return Math.max((view.lastUsed.get(list.id) ?? -1) + 1, await store.given(list.id));
}

/** Change that nobody has seen yet keeps its address for the next payment. */
async function peekChange(parts: Parts): Promise<Result<Uint8Array, Refusal>> {
  const list = listOf("internal", parts);
  if (list === undefined) return firstImported(parts);
  const { chain, pool } = await parts.ledger();
  const waiting = pool.coins.map(({ owner }) => owner.watched);
  const inPool = waiting
    .filter((watched) => watched.list.id === list.id)
    .map(({ key }) => key.index);
  const used = Math.max(chain.lastUsed.get(list.id) ?? -1, ...inPool);
  const index = Math.max(used + 1, await parts.store.given(list.id));
  const key = (await parts.watch.reach(list, index + 1))[index];
  if (key === undefined) return refusal("EXOS-E5017", "The wallet derives no more addresses.");
  return { ok: true, value: key.scriptPubKey };
}

/** Keys that nothing derives get their change back themselves. */
async function firstImported({ watch }: Parts): Promise<Result<Uint8Array, Refusal>> {
  const [list] = watch.lists();
  const [key] = list === undefined ? [] : await watch.reach(list, 1);
  if (key === undefined) return refusal("EXOS-E5017", "The wallet has no address for change.");
  return { ok: true, value: key.scriptPubKey };
}

/** Keys that are watched though nobody knows them yet. */
async function unusedOf(branch: Branch, parts: Parts): Promise<number> {
  const list = listOf(branch, parts);
  if (list === undefined) return 0;
  const keys = await parts.watch.reach(list, 0);
  return keys.length - (await nextIndex(list, parts));
}

function addressesOf(parts: Parts): WalletAddresses {
  const { watch, store, chain } = parts;
  return {
    newAddress: (branch, label = "") =>
      parts.inTurn(async () => {
        const list = listOf(branch, parts);
        const index = list === undefined ? 0 : await nextIndex(list, parts);
        const key = list === undefined ? undefined : (await watch.reach(list, index + 1))[index];
        if (list === undefined || key === undefined) {
          return refusal("EXOS-E5017", "The wallet derives no addresses.");
        }
        await store.raiseGiven(list.id, index + 1);
        chain.widen();
        if (label !== "") await store.setLabel(toHex(key.scriptPubKey), label);
        return { ok: true, value: { ...describeKey(key), label, used: false } };
      }),
    async addressOf(script) {
      await chain.read();
      const owner = watch.ownership(script);
      return owner === undefined ? undefined : describeUse([owner.watched], parts).then(([a]) => a);
    },
    async addresses() {
      await chain.read();
      const keys = await Promise.all(watch.lists().map((list) => watch.reach(list, 0)));
      return describeUse(keys.flat(), parts);
    },
    setLabel: (script, label) => store.setLabel(toHex(script), label),
  };
}

function describeKey(key: WatchedKey): Omit<WalletAddress, "label" | "used"> {
  const { address, scriptPubKey, publicKey, key: keyPath, path } = key;
  return { address, scriptPubKey, publicKey, key: keyPath, path };
}

async function describeUse(keys: readonly WatchedKey[], parts: Parts): Promise<WalletAddress[]> {
  const labels = await parts.store.labels();
  const used = await usedKeys(parts);
  return keys.map((key) => ({
    ...describeKey(key),
    label: labels.get(toHex(key.scriptPubKey)) ?? "",
    used: used.has(key),
  }));
}

async function usedKeys({ ledger, chain }: Parts): Promise<ReadonlySet<WatchedKey>> {
  const { pool } = await ledger();
  return new Set([...chain.usedKeys(), ...pool.coins.map(({ owner }) => owner.watched)]);
}

function ledgerOf(parts: Parts): WalletLedger {
  const { ledger, locked, card } = parts;
  return {
    balance: async (confirmationsMin = 0) => balanceOf(await ledger(), confirmationsMin),
    coins: async () => (await ledger()).coins,
    stakeCoins: async () => stakeCoinsOf(await ledger(), card.name),
    async history({ count, skip }) {
      const view = await ledger();
      const txids = [...view.pool.transactions, ...view.chain.history].map(({ txid }) => txid);
      const described = await Promise.all(
        txids.slice(skip, skip + count).map((txid) => describeTransaction(txid, view, parts)),
      );
      return described.filter((each) => each !== undefined);
    },
    transaction: async (txid) => describeTransaction(txid, await ledger(), parts),
    lockedCoins: () => [...locked.values()],
    setLocked: async (outpoints, set) => setLocked(outpoints, set, parts),
  };
}

/** All of them or none. @source Bitcoin Core wallet/rpc/coins.cpp lockunspent */
async function setLocked(
  outpoints: readonly Outpoint[],
  set: boolean,
  { ledger, locked }: Parts,
): Promise<Result<undefined, Refusal>> {
  const { coins } = await ledger();
  const known = new Set(coins.map(({ outpoint }) => outpointKey(outpoint)));
  for (const outpoint of outpoints) {
    const key = outpointKey(outpoint);
    if (set && !known.has(key)) {
      return refusal("EXOS-E5020", `Invalid parameter, unknown transaction or spent output`, {
        coin: nameOf(outpoint),
      });
    }
    if (locked.has(key) === set) {
      const message = `Invalid parameter, ${set ? "output already locked" : "expected locked output"}`;
      return refusal("EXOS-E5020", message, { coin: nameOf(outpoint) });
    }
  }
  for (const outpoint of outpoints) {
    if (set) locked.set(outpointKey(outpoint), outpoint);
    else locked.delete(outpointKey(outpoint));
  }
  return { ok: true, value: undefined };
}

function locksOf(
  parts: Parts,
  { importedKeys }: OpenedKeystore,
): Pick<Wallet, "info" | "unlock" | "lock"> {
  const { deps, signer, card, watch, chain } = parts;
  let until: UnixSeconds | undefined;

  /** Account keys of cold staking are hardened: an open wallet alone can tell them. */
  const learn = async (password: string): Promise<void> => {
    if (card.scheme === "keys") {
      const keys = watch.lists().length === 0 ? await importedKeys(password) : undefined;
      if (keys?.ok === true) await watch.addImported(keys.value);
      return;
    }
    for (const account of COLD_STAKING_ACCOUNTS) {
      if (watch.lists().some((list) => list.account === account)) continue;
      const key = await signer.accountKey(account);
      if (key.ok) await watch.addAccount(account, key.value);
    }
  };

  return {
    async unlock(password: string, options: UnlockOptions) {
      const opened = await signer.unlock(password, options);
      if (!opened.ok) return opened;
      const { seconds } = options;
      until = seconds === undefined ? undefined : unixSeconds(deps.clock.now() + seconds);
      await learn(password);
      chain.widen();
      return opened;
    },
    async lock() {
      until = undefined;
      await signer.lock();
    },
    async info(): Promise<WalletInfo> {
      const view = await parts.ledger();
      const { state } = signer.status();
      const { transactions } = view.pool;
      return {
        card,
        state,
        unlockedUntil: state === "locked" ? undefined : until,
        balance: balanceOf(view, 0),
        transactions: view.chain.history.length + transactions.length,
        unused: {
          external: await unusedOf("external", parts),
          internal: await unusedOf("internal", parts),
        },
      };
    },
  };
}
