import {
  type Amount,
  type HashHex,
  type UnixSeconds,
  unixSeconds,
} from "#shared/primitives/brand.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** A transaction that was judged, as the pool keeps it. Only `parents` follow the chain. */
export interface PooledTransaction {
  readonly txid: HashHex;
  /** The canonical serialisation with witness. */
  readonly raw: Uint8Array;
  readonly fee: Amount;
  /** What fees are paid for: bytes, or weight / 4 rounded up where the network has witnesses. */
  readonly size: number;
  readonly sigopCost: number;
  /** When it entered. */
  readonly time: UnixSeconds;
  /** Of the tip when it entered. */
  readonly height: number;
  /** What it spends, in its order; each of these claims must name it. */
  readonly inputs: readonly Outpoint[];
  /** Transactions of the pool that it spends from; each must count too. */
  readonly parents: readonly HashHex[];
  /** Handed in here and seen at no peer yet. */
  readonly unbroadcast: boolean;
}

/** "This output is spent by that transaction of the pool." */
export interface Claim {
  readonly outpoint: Outpoint;
  readonly txid: HashHex;
  readonly at: UnixSeconds;
  /** Transactions that this one replaces: their claims give way to it. */
  readonly replaces?: ReadonlySet<HashHex>;
}

/**
 * What belongs to the pool as a whole. `rev` rises with every write, and whoever changes the pool
 * writes it afterwards: who knows the pool at this `rev` knows it still. The rate is what was thrown
 * out last for want of room, in base units per 1,000 bytes; it sinks from `feeTime` on, once a block
 * came.
 */
export interface PoolSummary {
  readonly rev: number;
  /** Transactions that count, and the sum of their `size`; put right by who reads all of them. */
  readonly count: number;
  readonly bytes: number;
  readonly feeRate: bigint;
  readonly feeTime: UnixSeconds;
  readonly sinking: boolean;
}

/** The summary of a pool that nobody wrote. */
export const NO_POOL: PoolSummary = {
  rev: 0,
  count: 0,
  bytes: 0,
  feeRate: 0n,
  feeTime: unixSeconds(0),
  sinking: false,
};

/** A claim whose transaction is absent binds nobody after this. @source cloud.md 3.3 */
export const CLAIM_VOID_SECONDS = 60;

/**
 * Judged transactions that wait for a block, and who spends what among them.
 *
 * Guarantees. Each request touches one item, whole; there is no transaction over several, and reads
 * are strong. Whoever adds a transaction claims its inputs first, in the order of their outpoints,
 * then puts it. It counts only while every one of its claims names it and each of its `parents`
 * counts too; `get` and `all` tell of nothing else. So neither a delayed writer nor two that claim
 * in turn leave two transactions that spend one output. What is put may be gone after a restart:
 * a pool is no promise.
 *
 * Implementations: `adapters/embedded/{memory,file}-pool.ts`, `adapters/aws/dynamo-pool.ts`. Each passes
 * `test/ports/pool.contract.ts`. Every method throws StoreFault when the world failed.
 */
export interface Pool {
  /**
   * Claim one output: granted when nobody holds it, the same transaction does, one of `replaces`
   * does, or the holder has been absent for `CLAIM_VOID_SECONDS` at `at`.
   * @returns the holder that stands in the way; `undefined` when it was granted
   */
  claim(claim: Claim): Promise<HashHex | undefined>;
  /** Give up a claim if it still names this transaction. */
  release(outpoint: Outpoint, txid: HashHex): Promise<void>;
  /** Who holds the claim on an output, whether or not it counts. */
  claimant(outpoint: Outpoint): Promise<HashHex | undefined>;

  /**
   * Keep a transaction whose claims were granted, in place of what was kept of it before: its
   * `parents` change when one of them is mined, which is told before that one is removed.
   */
  put(transaction: PooledTransaction): Promise<void>;
  /** Forget a transaction; its claims are released by whoever removes it, afterwards. */
  remove(txid: HashHex): Promise<void>;
  /** Only if it counts. */
  get(txid: HashHex): Promise<PooledTransaction | undefined>;
  /** Every transaction that counts, parents before children. */
  all(): Promise<readonly PooledTransaction[]>;
  /**
   * What is kept and does not count, in no order: parted from a parent that another process took out
   * meanwhile, without a claim that a rival took over, or left by who died half-way. Its claims stand
   * in the way of others until somebody puts it right or removes it.
   */
  dangling(): Promise<readonly PooledTransaction[]>;

  /** Of an empty pool, with `rev` 0, before the first write. */
  summary(): Promise<PoolSummary>;
  /** @returns whether the expected revision was the present one, and so this is the next */
  setSummary(expectedRev: number, next: Omit<PoolSummary, "rev">): Promise<boolean>;
}

/** A transaction of the pool as it outlives a restart: to be judged again. */
export type SavedTransaction = Pick<PooledTransaction, "raw" | "time" | "unbroadcast">;
