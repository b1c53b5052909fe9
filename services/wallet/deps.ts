import type { Network } from "#shared/consensus/params.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { Keystores } from "#shared/ports/keystores.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { WalletStores } from "#shared/ports/wallet-store.ts";

/** The chain and the pool that wallets read, and where their keys and notes lie. */
export interface WalletDeps {
  readonly network: Network;
  readonly index: AddressIndex;
  readonly blocks: Pick<BlockStore, "get">;
  readonly coins: Pick<CoinStore, "tip">;
  readonly pool: Pick<Mempool, "accept" | "get" | "ids" | "spenderOf">;
  readonly keystores: Keystores;
  readonly stores: WalletStores;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Addresses that are watched behind the last one in use; `GAP_LIMIT` unless given. */
  readonly gap: number;
}
