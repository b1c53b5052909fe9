import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Amount, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Outpoint, Transaction, TxOutput } from "#shared/primitives/transaction.ts";
import type { KeyPath } from "#shared/wallet/key-path.ts";
import type { SigningRequest } from "#shared/wallet/signing.ts";

/** A coin that a payment may spend. */
export interface SpendableCoin {
  readonly outpoint: Outpoint;
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
  /** Of the transaction that made it. */
  readonly time: UnixSeconds;
  /** `undefined` in the pool. */
  readonly height: Height | undefined;
  readonly key: KeyPath;
}

/** What is to be paid, from what. */
export interface PaymentRequest {
  /** Whatever may be spent: mature, not set aside, trusted. */
  readonly coins: readonly SpendableCoin[];
  readonly payments: readonly TxOutput[];
  /** Where the rest goes: to a fresh internal address. */
  readonly changeScript: Uint8Array;
  /** The network's time. */
  readonly now: UnixSeconds;
  /** Kept in an output of no value, 1 to 38 bytes. */
  readonly data?: Uint8Array;
  /** Base units for each 1,000 bytes. */
  readonly feeRate?: Amount;
  readonly feeMax?: Amount;
  /** Payments, by index, that bear the fee in equal parts. */
  readonly feeFrom?: readonly number[];
  /** Place of the change among the outputs, from 0; last unless given. */
  readonly changePlace?: number;
  /** Spend every coin, so as to join them. */
  readonly spendAll?: boolean;
  /** Whether a later transaction may take its place in the pool. @source BIP125 */
  readonly replaceable?: boolean;
}

/** A payment that only lacks its signatures. */
export interface PaymentPlan {
  readonly transaction: Transaction;
  readonly coins: readonly SpendableCoin[];
  readonly fee: Amount;
  /** Index of the change; `undefined` where there is none. */
  readonly change: number | undefined;
  readonly signing: SigningRequest;
}

/** What a plan asks of a network. */
export type PaymentParams = Pick<ConsensusParams, "wire" | "dialect" | "maxMoney">;
