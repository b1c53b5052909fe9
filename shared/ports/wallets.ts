import type { IndexPoint, TransactionPlace } from "#shared/ports/address-index.ts";
import type {
  KeyInspection,
  KeySource,
  NewKeystore,
  PasswordChange,
  WalletCard,
} from "#shared/ports/keystores.ts";
import type { Signer, SignerState, UnlockOptions } from "#shared/ports/signer.ts";
import type { Amount, HashHex, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { StakeCoin } from "#shared/primitives/stake-coin.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";
import type { Branch, KeyPath } from "#shared/wallet/key-path.ts";
import type { PaymentPlan, PaymentRequest } from "#shared/wallet/payment.ts";
import type { SchemeId } from "#shared/wallet/scheme.ts";

/** A confirmed, unspent coin with the wallet whose signer has its staking key. */
export interface WalletStakeCoin extends StakeCoin {
  readonly wallet: string;
  readonly key: KeyPath;
}

/** An address of a wallet, and the key behind it. */
export interface WalletAddress {
  readonly address: string;
  /** Pays to the hash of the key. */
  readonly scriptPubKey: Uint8Array;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  readonly key: KeyPath;
  /** As people write it: `m/44'/248'/0'/0/5`. */
  readonly path: string;
  /** Empty unless one was given. */
  readonly label: string;
  /** Whether the chain or the pool has paid to it. */
  readonly used: boolean;
}

/** An output that a wallet may spend, in the chain or in the pool. */
export interface WalletCoin {
  readonly outpoint: Outpoint;
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
  readonly kind: CoinKind;
  /** Of its transaction. */
  readonly time: UnixSeconds;
  /** `undefined` in the pool. */
  readonly height: Height | undefined;
  /** Blocks from its own to the tip, both counted; 0 in the pool. */
  readonly confirmations: number;
  readonly address: string;
  readonly key: KeyPath;
  readonly label: string;
  /** Minted too short a time ago to be spent. */
  readonly immature: boolean;
  /** In a block, or change that a transaction of ours brought back. */
  readonly trusted: boolean;
  /** Set aside by its owner. */
  readonly locked: boolean;
}

/** What a wallet holds, in base units, as chain and pool stand. Spent in the pool is spent. */
export interface WalletBalance {
  readonly at: IndexPoint;
  /** Confirmed and mature. */
  readonly confirmed: Amount;
  /** Change of our own transactions that wait in the pool. */
  readonly change: Amount;
  /** What others pay us and no block holds yet. */
  readonly pending: Amount;
  readonly immature: Amount;
  /** Of others, for our hot keys to stake. Never spendable here. */
  readonly delegated: Amount;
}

/** What a transaction means for one of its outputs, in the words of Bitcoin Core. */
export type EntryCategory = "send" | "receive" | "generate" | "immature" | "orphan";

/** One line of a wallet's history. */
export interface WalletEntry {
  readonly category: EntryCategory;
  /** Where the coins went; `undefined` for a script without an address. */
  readonly address: string | undefined;
  /** Negative for what was sent. */
  readonly value: Amount;
  readonly output: number;
  readonly label: string | undefined;
}

/** A transaction that pays a wallet or spends from it. */
export interface WalletTransaction {
  readonly tx: HashedTransaction;
  readonly txid: HashHex;
  readonly kind: CoinKind;
  /** `undefined` in the pool. */
  readonly place: TransactionPlace | undefined;
  /** 0 in the pool. */
  readonly confirmations: number;
  /** Received less sent, the fee apart. */
  readonly value: Amount;
  /** Where every input is ours. */
  readonly fee: Amount | undefined;
  readonly entries: readonly WalletEntry[];
  readonly replaceable: boolean;
  /** When the wallet saw it first, or the time of its block. */
  readonly seen: UnixSeconds;
  readonly comment: string | undefined;
  readonly commentTo: string | undefined;
}

/** How a wallet stands, for whoever owns it. */
export interface WalletInfo {
  readonly card: WalletCard;
  readonly state: SignerState;
  /** When it locks itself; `undefined` while it is locked, or open until somebody locks it. */
  readonly unlockedUntil: UnixSeconds | undefined;
  readonly balance: WalletBalance;
  readonly transactions: number;
  /** Addresses of account 0 that were never given out nor used, and are watched all the same. */
  readonly unused: Readonly<Record<Branch, number>>;
}

/** What is to be paid. */
export interface PaymentDraft
  extends Pick<PaymentRequest, "payments" | "data" | "feeRate" | "feeFrom" | "replaceable"> {
  /** Spend exactly these coins, and no others. */
  readonly inputs?: readonly Outpoint[] | undefined;
  /** Fewest confirmations of a coin that is spent; 0 takes our own change out of the pool too. */
  readonly confirmationsMin?: number;
  /** Where the rest goes; an unused internal address unless given. */
  readonly changeScript?: Uint8Array | undefined;
  readonly changePlace?: number | undefined;
}

/** An output that whoever asks for a signature vouches for. */
export interface KnownOutput extends Outpoint {
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
}

/** What came of signing a transaction of anybody's. */
export interface SignedTransaction {
  readonly raw: Uint8Array;
  /** Inputs that are not ours or not known; empty when all of it is signed. */
  readonly missing: readonly number[];
}

/** What is remembered with a payment. */
export interface PaymentNote {
  readonly comment?: string;
  readonly commentTo?: string;
}

/** Addresses of one wallet. */
export interface WalletAddresses {
  /** The next one that was never given out. @returns E5017 where nothing can be derived */
  newAddress(branch: Branch, label?: string): Promise<Result<WalletAddress, Refusal>>;
  /** @returns `undefined` for an address that is not of this wallet */
  addressOf(script: Uint8Array): Promise<WalletAddress | undefined>;
  /** Given out or used, and the gap behind them, in the order of their paths. */
  addresses(): Promise<readonly WalletAddress[]>;
  setLabel(script: Uint8Array, label: string): Promise<void>;
}

/** What chain and pool say of one wallet. Read through the index, which may lag: see `at`. */
export interface WalletLedger {
  /** @param confirmationsMin of coins that count as confirmed */
  balance(confirmationsMin?: number): Promise<WalletBalance>;
  /** Every output that is ours and that nothing spends, in the chain or in the pool. */
  coins(): Promise<readonly WalletCoin[]>;
  stakeCoins(): Promise<readonly WalletStakeCoin[]>;
  /** Newest first; pool before chain. @param count 1 to 10,000 */
  history(page: {
    readonly count: number;
    readonly skip: number;
  }): Promise<readonly WalletTransaction[]>;
  /** @returns `undefined` for a transaction that has nothing to do with the wallet */
  transaction(txid: HashHex): Promise<WalletTransaction | undefined>;
  /** Coins that are set aside; only as long as the wallet is loaded. */
  lockedCoins(): readonly Outpoint[];
  /** @returns E5020 for a coin that is not there, or stands that way already */
  setLocked(outpoints: readonly Outpoint[], locked: boolean): Promise<Result<undefined, Refusal>>;
}

/** What one wallet pays. */
export interface WalletSpending {
  feeRate(): bigint;
  /** @param feeRate base units per 1,000 bytes; `undefined`: the built-in one again */
  setFeeRate(feeRate: bigint | undefined): void;
  /** Choose coins and change. Nothing is signed, sent or set aside. @returns E5012 to E5020 */
  fund(draft: PaymentDraft): Promise<Result<PaymentPlan, Refusal>>;
  /**
   * Sign a transaction of anybody's, if all that it spends is ours.
   * @param known outputs that neither chain nor pool may know yet
   * @returns E5001, E5003, E5016; E4004 for what is no transaction
   */
  sign(
    raw: Uint8Array,
    known?: readonly KnownOutput[],
  ): Promise<Result<SignedTransaction, Refusal>>;
  /** Fund, sign and hand to the pool. @returns refusals of both, and E5021 with the pool's code */
  send(draft: PaymentDraft, note?: PaymentNote): Promise<Result<HashHex, Refusal>>;
}

/** One loaded wallet. */
export interface Wallet extends WalletAddresses, WalletLedger, WalletSpending {
  readonly name: string;
  readonly card: WalletCard;
  readonly signer: Signer;
  info(): Promise<WalletInfo>;
  /** Open the keys, and learn what of them may be known from then on. @returns those of `Signer` */
  unlock(password: string, options: UnlockOptions): Promise<Result<undefined, Refusal>>;
  lock(): Promise<void>;
}

/** What a scheme would find on the chain for the keys of an import. */
export interface SchemeUse {
  readonly scheme: SchemeId;
  /** Addresses that the chain knows, on both branches. */
  readonly addressesUsed: number;
  /** Unspent, in base units. */
  readonly balance: Amount;
}

/** Keys that were looked up before anything is written. */
export interface RestorePlan {
  readonly inspection: KeyInspection;
  /** In the order of `inspection`; empty for keys that nothing derives. */
  readonly uses: readonly SchemeUse[];
}

/**
 * The wallets of one node. Local alone: whoever reaches this may spend. Implementation:
 * `services/wallet/core.ts`.
 */
export interface Wallets {
  /** Every wallet in the folder, loaded or not. */
  names(): Promise<readonly string[]>;
  /** In the order in which they were loaded. */
  loaded(): readonly Wallet[];
  /** @param name `undefined`: the only loaded one @returns E5004, or E5022 where it is not clear */
  choose(name: string | undefined): Result<Wallet, Refusal>;

  /** Look keys up by every scheme they may have been used with. @returns refusals of `inspect` */
  plan(source: KeySource): Promise<Result<RestorePlan, Refusal>>;
  /** Write a keystore and load it, locked. @returns refusals of `Keystores.create` */
  create(wallet: NewKeystore): Promise<Result<Wallet, Refusal>>;
  /** @returns refusals of `Keystores.open`, and E5023 when it is loaded already */
  load(name: string): Promise<Result<Wallet, Refusal>>;
  /** Lock a wallet and forget it. @returns E5004 */
  unload(name: string): Promise<Result<undefined, Refusal>>;
  backup(name: string, path: string): Promise<Result<undefined, Refusal>>;
  /** An open wallet stays open. @returns E5002, E5004 */
  changePassword(name: string, change: PasswordChange): Promise<Result<undefined, Refusal>>;

  /** Of every loaded wallet whose keys are open for staking. */
  stakeCoins(): Promise<readonly WalletStakeCoin[]>;
  /** @returns `undefined` for a wallet that is not loaded */
  signer(wallet: string): Signer | undefined;
}
