import type { PolicyError } from "#shared/consensus/policy/policy-error.ts";
import type { PooledTransaction } from "#shared/ports/pool.ts";
import type { Amount, HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction, Outpoint } from "#shared/primitives/transaction.ts";

/** Who hands a transaction in; only `peer` leaves orphans behind, and `local` is unbroadcast. */
export type PoolSource = "peer" | "local" | "chain" | "file";

export interface AcceptOptions {
  readonly source: PoolSource;
  /** Highest fee rate, base units per 1,000 bytes of size; none unless given. */
  readonly feeRateMax?: bigint;
}

/** A transaction of the pool with its place among the others. Counts, sizes, fees include itself. */
export interface PoolEntry extends Omit<PooledTransaction, "raw" | "inputs"> {
  readonly tx: HashedTransaction;
  readonly children: readonly HashHex[];
  readonly ancestorCount: number;
  readonly ancestorSize: number;
  readonly ancestorFees: Amount;
  readonly descendantCount: number;
  readonly descendantSize: number;
  readonly descendantFees: Amount;
  /** Whether it, or one it descends from, says that it may be replaced (BIP125). */
  readonly replaceable: boolean;
}

/** What became of a transaction that was handed in, or would become of it. */
export type PoolVerdict =
  | { readonly state: "undecodable"; readonly reason: string }
  | {
      readonly state: "accepted";
      readonly txid: HashHex;
      readonly entry: PoolEntry;
      /** What had to give way, descendants included. */
      readonly replaced: readonly HashHex[];
    }
  /** A transaction that it spends from is unknown: `bad-txns-inputs-missing`, which time may heal. */
  | {
      readonly state: "orphan";
      readonly txid: HashHex;
      readonly error: PolicyError;
      readonly missing: readonly HashHex[];
    }
  | { readonly state: "refused"; readonly txid: HashHex; readonly error: PolicyError };

/** What a block may take of the pool. */
export interface TemplateLimits {
  /** Sum of sizes (`PoolEntry.size`), exclusive. */
  readonly sizeBytesMax: number;
  /** Sum of sigop costs, exclusive. */
  readonly sigopsMax: number;
  /** Base units per 1,000 bytes, with ancestors that are not chosen yet. */
  readonly feeRateMin: bigint;
  /** No transaction dated later; `undefined` where they carry no time. */
  readonly timeMax: UnixSeconds | undefined;
  /** Of the block, and the time that lock times are compared with: median time past. */
  readonly height: number;
  readonly lockTimeCutoff: UnixSeconds;
  /** Whether transactions with a witness may be taken. */
  readonly witness: boolean;
}

export interface TemplateTransaction {
  readonly tx: HashedTransaction;
  readonly fee: Amount;
  readonly sigopCost: number;
}

/** The pool as a whole. Fee rates in base units per 1,000 bytes. */
export interface PoolInfo {
  readonly loaded: boolean;
  readonly count: number;
  /** Sum of sizes. */
  readonly bytes: number;
  /** Memory taken, and most of it, in bytes. */
  readonly usage: number;
  readonly usageMax: number;
  readonly totalFees: Amount;
  /** What a transaction must pay now to enter; at least the relay rate. */
  readonly feeRateMin: bigint;
  readonly relayFeeRateMin: bigint;
  readonly unbroadcast: number;
  readonly orphans: number;
  /** Whether transactions may replace others that say nothing against it. */
  readonly replacement: boolean;
}

/**
 * The pool as other services use it; `services/validate/mempool.ts` is the implementation. Every
 * method throws StoreFault when the world failed.
 */
export interface Mempool {
  /** Judge a transaction as the chain and the pool stand, and take it in if it is right. */
  accept(raw: Uint8Array, options: AcceptOptions): Promise<PoolVerdict>;
  /** The same verdict, and nothing changes. */
  test(raw: Uint8Array, options?: Pick<AcceptOptions, "feeRateMax">): Promise<PoolVerdict>;

  get(txid: HashHex): Promise<PoolEntry | undefined>;
  has(txid: HashHex): Promise<boolean>;
  /** Of these, what is worth asking a peer for: not pooled, orphaned or refused since the tip moved. */
  unknown(txids: readonly HashHex[]): Promise<readonly HashHex[]>;
  ids(): Promise<readonly HashHex[]>;
  /** Parents before children. */
  entries(): Promise<readonly PoolEntry[]>;
  /** Every transaction of the pool that this one depends on, or that depend on it; not itself. */
  related(txid: HashHex, direction: "ancestors" | "descendants"): Promise<readonly PoolEntry[]>;
  /** Who in the pool spends an output. */
  spenderOf(outpoint: Outpoint): Promise<HashHex | undefined>;
  info(): Promise<PoolInfo>;

  /**
   * Whole packages by fee rate, parents before children, as many as fit; every one may stand in a
   * block on the present tip.
   */
  template(limits: TemplateLimits): Promise<readonly TemplateTransaction[]>;

  /**
   * Bring the pool to the present tip: without what was mined or became impossible, with what a
   * reorganisation freed. Resolves when that is done.
   */
  follow(): Promise<void>;
  /** A peer has it: it need not be announced as ours any more. */
  broadcast(txid: HashHex): Promise<void>;
  /** Throw out what is too old and give up old orphans; called every few minutes. */
  sweep(): Promise<void>;
}
