import type { Coin } from "#shared/primitives/coin.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/**
 * Which key of a coin's script signs its stake: the one it pays, or the hot key of a cold-staking
 * script, which may stake the coin and never spend it. @source exos-l1.md 5.5
 */
export type StakeBranch = "plain" | "hot";

/** A coin that a loaded wallet has the staking key of. */
export interface StakeCoin {
  readonly outpoint: Outpoint;
  /** As the wallet last saw it; whoever stakes asks the coins of the tip again. */
  readonly coin: Coin;
  readonly branch: StakeBranch;
  /**
   * As the coin's owner uses it, 33 bytes, or 65 for an old imported key: it signs coinstake and
   * block, and output 1 of the coinstake names it.
   */
  readonly publicKey: Uint8Array;
}
