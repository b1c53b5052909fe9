import type { Amount, HashHex, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** In this order the first that holds is *the* reason. @source interfaces.md 5.4 */
export const STAKE_REASONS = [
  "off",
  "no-wallet",
  "locked",
  "signer-down",
  "clock-skew",
  "no-peers",
  "syncing",
  "tip-stale",
  "no-coins",
  "reserved",
  "confirming",
  "maturing",
  "too-small",
  "script-type",
  "cold-inactive",
  "searching",
] as const;

export type StakeReasonCode = (typeof STAKE_REASONS)[number];

/** Why a node stakes or does not, for people and programs. */
export interface StakeReason {
  readonly code: StakeReasonCode;
  /** What is the case, in one sentence with its numbers. */
  readonly text: string;
  readonly since: UnixSeconds;
  /** When it is looked at again, or when it ends where that can be known. */
  readonly next: UnixSeconds;
  /** What to do about it, in one sentence. */
  readonly fix: string;
}

/** A block of ours since the start: on the chain until its coins are mature, or off it. */
export interface StakeWin {
  readonly code: "won" | "orphaned";
  readonly text: string;
  readonly hash: HashHex;
  readonly height: Height;
  readonly time: UnixSeconds;
  /** Reward and fees. */
  readonly gain: Amount;
  /** Blocks until the coins may be spent and staked; 0 for an orphaned block. */
  readonly blocksLeft: number;
}

/** How the staking of a node stands. */
export interface StakingStatus {
  readonly enabled: boolean;
  /** Whether kernels are tried now. */
  readonly searching: boolean;
  readonly reason: StakeReason;
  /** Beside the reason, newest first. */
  readonly wins: readonly StakeWin[];
  /** Base units of the coins that stake, and their number. */
  readonly weight: Amount;
  readonly coins: number;
  /** Base units in rewards under maturity. */
  readonly immature: Amount;
  readonly reserve: Amount;
  /** 0 to 1: some coin proves a block in one slot. */
  readonly chancePerSlot: number;
  /** Of the whole network, by the blocks of late; 0 before there are two. */
  readonly networkWeight: number;
  /** Mean time to a block by weight and network weight; `undefined` without weight. */
  readonly expectedSeconds: number | undefined;
  /** Slots between the tip and the last one searched. */
  readonly searchSeconds: number;
  /** Of the last block that was made, found or refused. */
  readonly lastBlock: { readonly size: number; readonly transactions: number } | undefined;
}

/** What a coin would do at the next slot, or why it does nothing. */
export interface KernelCheck {
  readonly outpoint: Outpoint;
  /** A state of a coin: `eligible`, or the reason it does not stake. */
  readonly state: string;
  /** Whether it proves a block at this slot. */
  readonly found: boolean;
  readonly time: UnixSeconds;
  readonly chancePerSlot: number;
}

/**
 * The staker of a node, as other services steer and ask it. Local alone: who reaches this may open a
 * wallet for staking. Implementation: `services/stake/minter.ts`.
 */
export interface Staking {
  status(): Promise<StakingStatus>;
  /**
   * Begin to stake; with a password the wallet is opened for staking alone.
   * @param wallet `undefined`: the only loaded one
   * @returns refusals of `Wallets.choose` and `Wallet.unlock`
   */
  start(wallet?: {
    readonly name: string | undefined;
    readonly password: string;
  }): Promise<Result<undefined, Refusal>>;
  /** Stop to stake. No wallet is locked by it. */
  stop(): void;
  /** @param reserve base units that never stake; lasts until the node stops */
  setReserve(reserve: Amount): void;
  /** @param outpoints `undefined`: every coin of the loaded wallets */
  checkKernels(outpoints: readonly Outpoint[] | undefined): Promise<readonly KernelCheck[]>;
}
