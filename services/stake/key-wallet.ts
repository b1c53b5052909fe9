import { hash160 } from "#shared/crypto/hashes.ts";
import type { AddressIndex, IndexedCoin } from "#shared/ports/address-index.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { StakeSigner } from "#shared/ports/stake-signer.ts";
import type { WalletStakeCoin } from "#shared/ports/wallets.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { refusal } from "#shared/primitives/refusal.ts";
import type { StakeBranch } from "#shared/primitives/stake-coin.ts";
import { stakerScript } from "#shared/script/owner-script.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";
import type { StakeWallets } from "./stake-wallets.ts";

/** One key that stakes, and where its coins are looked up. */
export interface KeyWalletDeps {
  readonly signer: Pick<StakeSigner, "signStake">;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly index: Pick<AddressIndex, "coins">;
  readonly clock: Pick<Clock, "elapsedMs">;
}

/** A coin rests for blocks before it stakes: nothing is lost by hearing of it this late. */
const HELD_MS = 60_000;
const PAGE_COINS = 200;
/** Coins of each branch that are looked at; the newest of them, as the index lists them. */
const PAGES_MAX = 50;
const NAME = "city";
/** Where the key lies is nothing that its holder is told. */
const KEY = { kind: "derived", account: 0, branch: "external", index: 0 } as const;

/**
 * The one key of a city as a wallet that is always open for staking: what is paid to the key or its
 * hash, and what is lent to it. The index may lag; whoever stakes asks the coins of the tip again.
 *
 * @source cloud.md 9.2
 */
export function createKeyWallet(deps: KeyWalletDeps): StakeWallets {
  const { signer, publicKey, index, clock } = deps;
  const keyHash = hash160(publicKey);
  const owners: readonly (readonly [StakeBranch, Uint8Array])[] = [
    ["plain", payToKeyHash(keyHash)],
    ["hot", stakerScript(keyHash)],
  ];
  let held: { readonly coins: readonly WalletStakeCoin[]; readonly atMs: number } | undefined;

  const stakeCoin = (coin: IndexedCoin, branch: StakeBranch): WalletStakeCoin => {
    const { txid, index: at, value, scriptPubKey, time, kind, height } = coin;
    return {
      outpoint: { txid: fromHashHex(txid), index: at },
      coin: { value, scriptPubKey, time, kind, height },
      ...{ branch, publicKey, wallet: NAME, key: KEY },
    };
  };

  return {
    loaded: () => [{ name: NAME, signer: { status: () => ({ state: "staking-only" }) } }],
    choose: () => refusal("EXOS-E5004", "A city has no wallet beside its staking key."),
    signer: () => signer,
    async stakeCoins() {
      const atMs = clock.elapsedMs();
      if (held !== undefined && atMs - held.atMs < HELD_MS) return held.coins;
      const coins: WalletStakeCoin[] = [];
      for (const [branch, script] of owners) {
        const listed = await listCoins(script, index);
        coins.push(...listed.map((coin) => stakeCoin(coin, branch)));
      }
      held = { coins, atMs };
      return coins;
    },
  };
}

/** What the index lists of an owner; what it has when the chain moves meanwhile. */
async function listCoins(
  script: Uint8Array,
  index: Pick<AddressIndex, "coins">,
): Promise<IndexedCoin[]> {
  const coins: IndexedCoin[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await index.coins({ script, limit: PAGE_COINS, cursor });
    if (!answer.ok) return coins;
    coins.push(...answer.value.items);
    cursor = answer.value.next;
    if (cursor === undefined) return coins;
  }
  return coins;
}
