import type { Announcement } from "#shared/consensus/announcement.ts";
import type { Attachment, HeaderJudgement, OpenAttachment } from "#shared/consensus/attachment.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore, StoredHeader } from "#shared/ports/header-store.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** What became of a block that was delivered. */
export type Delivery =
  | { readonly state: "accepted"; readonly record: HeaderRecord; readonly heavier: boolean }
  | { readonly state: "known"; readonly stored: StoredHeader }
  | { readonly state: "orphan"; readonly hash: HashHex }
  | { readonly state: "too-deep"; readonly hash: HashHex; readonly final: number }
  | { readonly state: "refused"; readonly hash: HashHex; readonly error: ConsensusError }
  | { readonly state: "undecodable" };

/** The way in for blocks, one at a time, each after its parent. */
export interface BlockDoor {
  /** @param from the peer that sent it */
  take(block: Uint8Array, from: string): Promise<Delivery>;
  /** Wait for every verdict, and make what stands the tip. */
  settle(): Promise<void>;
}

/** What this service asks of the judge, who is another service. */
export interface ChainDoor {
  tip(): Promise<HeaderRecord>;
  /** Where the child of this block would stand. */
  attach(prev: HashHex): Promise<Attachment>;
  judgeAnnounced(announced: Announcement, at: OpenAttachment): Promise<HeaderJudgement>;
  receive(): BlockDoor;
}

/** What this service asks of the pool of transactions. */
export interface PoolDoor {
  /** Whether it is worth fetching: neither in the pool nor refused lately. */
  wants(txid: HashHex): Promise<boolean>;
  /** Have it judged; whoever follows the pool learns when it is in. */
  offer(transaction: HashedTransaction, from: string): Promise<void>;
  /** The bytes of one that is in the pool. */
  get(txid: HashHex): Promise<Uint8Array | undefined>;
  ids(): Promise<readonly HashHex[]>;
}

/** Ports and rules of this service. */
export interface IngestDeps {
  readonly network: Network;
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  readonly chain: ChainDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where transactions go; without it none are relayed. */
  readonly pool?: PoolDoor;
  /**
   * Age of the tip above which a public network is caught up with before anything is relayed; two
   * hours unless given.
   */
  readonly tipAgeSecondsMax?: number;
  /** Headers of all peers together that wait for their blocks; 40,000 unless given. */
  readonly headersMax?: number;
  /** As the judge has it: `skip` takes headers up to the last checkpoint without their proofs. */
  readonly checkpoints: "assert" | "skip";
  /** Gives everything else in the process its turn. */
  pause(): Promise<void>;
}
