import type { ProofKind } from "#shared/consensus/header-record.ts";
import type { Amount, Hash256, HashHex, Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";

/** A block of the chain, by both its names. */
export interface IndexPoint {
  readonly height: Height;
  readonly hash: HashHex;
}

/** One block of the followed chain in numbers. Sums run from genesis to this block inclusive. */
export interface BlockRow extends IndexPoint {
  readonly time: UnixSeconds;
  readonly proofKind: ProofKind;
  readonly transactions: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Bytes with witnesses and signature. */
  readonly size: number;
  /** Of ordinary transactions: what they spend beyond what they make. */
  readonly fees: Amount;
  /** What the maker of the block took: the coinbase's outputs and a coinstake's gain, fees included. */
  readonly reward: Amount;
  /** Script that the maker was paid to: the coinstake's second output, else the coinbase's first. */
  readonly makerScript: Uint8Array;
  readonly transactionsSum: number;
  /** Unspent outputs after this block; none begins with OP_RETURN. */
  readonly coinsSum: number;
  /** Of their values. */
  readonly supply: Amount;
  /** Values of outputs that begin with OP_RETURN, and of genesis: never part of the supply. */
  readonly unspendableSum: Amount;
}

/** Where a transaction stands on the followed chain. */
export interface TransactionPlace extends IndexPoint {
  /** Of the transaction in its block. */
  readonly position: number;
  readonly blockTime: UnixSeconds;
}

/** One output as its transaction made it, spent or not. */
export interface OutputFact {
  readonly value: Amount;
  readonly scriptPubKey: Uint8Array;
  /** Of its transaction. */
  readonly time: UnixSeconds;
  readonly kind: CoinKind;
}

/** The input that spends an output on the followed chain. */
export interface Spender {
  readonly txid: HashHex;
  readonly input: number;
  readonly height: Height;
}

/** What one transaction did to an owner. */
export interface HistoryEntry extends TransactionPlace {
  readonly txid: HashHex;
  readonly kind: CoinKind;
  /** Sums over the transaction's outputs to the owner and inputs from it. */
  readonly received: Amount;
  readonly sent: Amount;
}

/** One unspent output of an owner. */
export interface IndexedCoin extends OutputFact {
  readonly txid: HashHex;
  readonly index: number;
  /** Of the block that made it. */
  readonly height: Height;
}

/** All that one owner ever received and sent, in base units. */
export interface OwnerSum {
  readonly transactions: number;
  readonly received: Amount;
  readonly sent: Amount;
}

/** An owner's whole history in numbers. Its balance is what all kinds received less what they sent. */
export interface OwnerTotals {
  readonly at: IndexPoint;
  /** By the kind of the transaction: ordinary ones transfer, the others mine and stake. */
  readonly kinds: Readonly<Record<CoinKind, OwnerSum>>;
  readonly coins: number;
}

/** An owner is asked for by any of its scripts, and a hot key by `stakerScript`; see `ownerScript`. */
export interface PageQuery {
  readonly script: Uint8Array;
  /** 1 to 200. */
  readonly limit: number;
  /** `next` of the page before, unchanged. */
  readonly cursor?: string | undefined;
}

/** A page of an owner's history, narrowed by kind or height. */
export interface HistoryQuery extends PageQuery {
  readonly kind?: CoinKind | undefined;
  /** Inclusive. */
  readonly heightFrom?: number | undefined;
  readonly heightTo?: number | undefined;
}

/** All pages of one list speak of the chain as it stood at `at`, so new blocks do not shift them. */
export interface Page<Item> {
  /** May be fewer than asked for, and none, although the list goes on: where much was looked through. */
  readonly items: readonly Item[];
  /** Opaque; `undefined` at the end. */
  readonly next: string | undefined;
  readonly at: IndexPoint;
}

/** A cursor may be no cursor, or one of a block that has left the chain. */
export type PageFault = "bad cursor" | "cursor left the chain";

/**
 * History of scripts, places of transactions, rows of blocks. Entries are facts about a block,
 * written once and filtered by *active* when read, so a reorganisation undoes nothing. All answers
 * speak of the chain up to `cursor`, which follows the tip and may lag: none feeds a verdict.
 *
 * Implementations: `adapters/embedded/{memory,sqlite}-address-index.ts`,
 * `adapters/aws/dynamo-address-index.ts`. Each passes `test/ports/address-index.contract.ts`. Every
 * method throws StoreFault when the world failed.
 */
export interface AddressIndex {
  /** The block that answers speak of; `undefined` before genesis was followed. */
  cursor(): Promise<IndexPoint | undefined>;
  /**
   * The first block of the history: genesis, or the one that the coins of a snapshot were taken at.
   * Below it no block, transaction or spent output is known.
   */
  base(): Promise<IndexPoint | undefined>;
  /** A block of the followed chain, by height or hash. */
  blockRow(id: Height | HashHex): Promise<BlockRow | undefined>;
  /** Rows from `heightMax` down, newest first. @param limit 1 to 2,000 */
  blockRows(heightMax: Height, limit: number): Promise<BlockRow[]>;
  /** The highest block of the chain that holds a transaction. */
  transactionPlace(txid: HashHex): Promise<TransactionPlace | undefined>;
  /** Facts about outputs of any indexed block, in the order asked. @param outpoints at most 65,536 */
  outputs(outpoints: readonly Outpoint[]): Promise<(OutputFact | undefined)[]>;
  /** Who spends the outputs of a transaction, by output index. */
  spenders(txid: Hash256): Promise<ReadonlyMap<number, Spender>>;
  /** Where a history is summed up in several calls, the first of them end in a retryable fault. */
  totals(script: Uint8Array): Promise<OwnerTotals>;
  /** Newest first. */
  history(query: HistoryQuery): Promise<Result<Page<HistoryEntry>, PageFault>>;
  /** Newest first. */
  coins(query: PageQuery): Promise<Result<Page<IndexedCoin>, PageFault>>;
}

/** A block to be indexed: its bytes passed every rule when it was connected. */
export interface BlockToIndex extends IndexPoint {
  /** The callee's from here on. */
  readonly bytes: Uint8Array;
}

/** One coin of the block that a history begins with. */
export interface SeedCoin extends OutputFact {
  readonly txid: Hash256;
  readonly index: number;
  /** Of the block that made it. */
  readonly height: Height;
}

/** The follower's side of the same store. */
export interface AddressIndexWriter {
  /**
   * Forget everything, and take this block for the first one, because no body below it is here.
   * Nobody sees it before `follow`.
   */
  begin(base: BlockRow): Promise<void>;
  /**
   * Add coins as they stand at the first block, each once. An owner has received them there.
   * @param coins those of one transaction in one call
   */
  seed(coins: readonly SeedCoin[]): Promise<void>;
  /**
   * Write the facts of blocks, once: a block that is there already changes nothing. Nobody sees them
   * before `follow`. @param blocks each after its parent, whose facts are written or come before it
   */
  add(blocks: readonly BlockToIndex[]): Promise<void>;
  /** Let all answers speak of the chain that ends in this block, whose facts are written. */
  follow(hash: HashHex): Promise<void>;
  /** Forget everything. */
  clear(): Promise<void>;
}
