import type { ChainCoin, ChainView, ChainWatch } from "#services/wallet/chain-watch.ts";
import type { WalletDeps } from "#services/wallet/deps.ts";
import type { PoolCoin, PoolView, PoolWatch } from "#services/wallet/pool-watch.ts";
import type { WatchedKey } from "#services/wallet/watch-list.ts";
import type { WalletBalance, WalletCoin, WalletStakeCoin } from "#shared/ports/wallets.ts";
import { type Amount, amount, type HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { StakeBranch } from "#shared/primitives/stake-coin.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** A coin with the key behind it. */
export interface OwnCoin extends WalletCoin {
  readonly watched: WatchedKey;
}

/** What chain and pool say of a wallet together. */
export interface LedgerView {
  readonly chain: ChainView;
  readonly pool: PoolView;
  /** Unspent in the chain, and in the pool. */
  readonly coins: readonly OwnCoin[];
  /** Of others, in blocks, for our hot keys to stake. */
  readonly delegated: readonly OwnCoin[];
}

/** What a ledger is read from. */
export interface LedgerSource {
  readonly deps: Pick<WalletDeps, "pool" | "network">;
  readonly chain: ChainWatch;
  readonly pool: PoolWatch;
  /** Labels by script, in hex. */
  readonly labels: () => Promise<ReadonlyMap<string, string>>;
  /** Names of coins that are set aside; see `outpointKey`. */
  readonly locked: ReadonlyMap<string, Outpoint>;
}

/** Chain and pool at one moment; the pool is read after the chain, so that nothing is missed. */
export async function readLedger(source: LedgerSource): Promise<LedgerView> {
  const chain = await source.chain.read();
  const known = new Set<HashHex>(chain.history.map(({ txid }) => txid));
  const pool = await source.pool.read((txid) => known.has(txid));
  const labels = await source.labels();
  const unspent = await unspentOf(chain.coins, coinOutpoint, source);
  const waiting = await unspentOf(pool.coins, ({ outpoint }) => outpoint, source);
  const context = { labels, source };
  const ofRole = (role: ChainCoin["role"]): OwnCoin[] =>
    unspent.filter((coin) => coin.role === role).map((coin) => chainCoin(coin, chain, context));
  const inPool = waiting
    .filter(({ owner }) => owner.role === "owner")
    .map((coin) => poolCoin(coin, context));
  return { chain, pool, coins: [...ofRole("owner"), ...inPool], delegated: ofRole("staker") };
}

/** @returns those that no transaction of the pool spends */
async function unspentOf<Coin>(
  coins: readonly Coin[],
  outpointOf: (coin: Coin) => Outpoint,
  { deps }: Pick<LedgerSource, "deps">,
): Promise<Coin[]> {
  const spenders = await Promise.all(coins.map((coin) => deps.pool.spenderOf(outpointOf(coin))));
  return coins.filter((_, place) => spenders[place] === undefined);
}

const coinOutpoint = ({ txid, index }: ChainCoin): Outpoint => ({ txid: fromHashHex(txid), index });

interface CoinContext {
  readonly labels: ReadonlyMap<string, string>;
  readonly source: Pick<LedgerSource, "deps" | "locked">;
}

function chainCoin(coin: ChainCoin, { at }: ChainView, context: CoinContext): OwnCoin {
  const { value, scriptPubKey, kind, time, height, watched } = coin;
  const confirmations = at.height - height + 1;
  const { maturityBlocks } = context.source.deps.network.consensus;
  return {
    ...keyOf(watched, coinOutpoint(coin), context),
    ...{ value, scriptPubKey, kind, time, height, confirmations },
    immature: kind !== "ordinary" && confirmations <= maturityBlocks,
    trusted: true,
  };
}

function poolCoin({ outpoint, output, owner, from }: PoolCoin, context: CoinContext): OwnCoin {
  return {
    ...keyOf(owner.watched, outpoint, context),
    value: output.value,
    scriptPubKey: output.scriptPubKey,
    kind: "ordinary",
    time: from.tx.time,
    height: undefined,
    confirmations: 0,
    immature: false,
    trusted: from.ours,
  };
}

function keyOf(watched: WatchedKey, outpoint: Outpoint, { labels, source }: CoinContext) {
  return {
    outpoint,
    watched,
    address: watched.address,
    key: watched.key,
    label: labels.get(toHex(watched.scriptPubKey)) ?? "",
    locked: source.locked.has(outpointKey(outpoint)),
  };
}

/** @param confirmationsMin of coins that count as confirmed; 0 and 1 are the same */
export function balanceOf(view: LedgerView, confirmationsMin: number): WalletBalance {
  const sumOf = (coins: readonly { readonly value: bigint }[]): Amount =>
    amount(coins.reduce((sum, { value }) => sum + value, 0n));
  const waiting = view.coins.filter(({ height }) => height === undefined);
  const ripe = view.coins.filter(
    ({ height, immature, confirmations }) =>
      height !== undefined && !immature && confirmations >= confirmationsMin,
  );
  return {
    at: view.chain.at,
    confirmed: sumOf(ripe),
    change: sumOf(waiting.filter(({ trusted }) => trusted)),
    pending: sumOf(waiting.filter(({ trusted }) => !trusted)),
    immature: sumOf(view.coins.filter(({ immature }) => immature)),
    delegated: sumOf(view.delegated),
  };
}

/** Every coin of a block that the wallet has the staking key of, but for those set aside. */
export function stakeCoinsOf(view: LedgerView, wallet: string): WalletStakeCoin[] {
  const stakeCoins = (coins: readonly OwnCoin[], branch: StakeBranch): WalletStakeCoin[] =>
    coins.flatMap(({ height, locked, outpoint, key, watched, ...coin }) => {
      if (height === undefined || locked) return [];
      const { value, scriptPubKey, time, kind } = coin;
      const { publicKey } = watched;
      const fact = { value, scriptPubKey, time, kind, height };
      return [{ outpoint, coin: fact, branch, publicKey, wallet, key }];
    });
  return [...stakeCoins(view.coins, "plain"), ...stakeCoins(view.delegated, "hot")];
}
