import type { BlockHeader } from "#shared/primitives/block.ts";
import type {
  CompactBits,
  Hash256,
  HashHex,
  Height,
  UnixSeconds,
} from "#shared/primitives/brand.ts";

/** Stake iff the block's second transaction is a coinstake. @source exos-l1.md 4 */
export type ProofKind = "work" | "stake";

/** What a retarget reads of an earlier block. */
export interface ProofPoint {
  readonly bits: CompactBits;
  readonly time: UnixSeconds;
}

/** State of one deployment for the child of a header. @source exos-l1.md 3.8 */
export interface DeploymentStatus {
  readonly state: "defined" | "started" | "lockedIn" | "active" | "failed";
  /** Signalling headers of the current window, this one included. */
  readonly signals: number;
}

/**
 * Everything that judging a child asks of a header's ancestors, so that no rule walks the chain.
 * At most 160 bytes encoded.
 */
export interface ChainContext {
  /** Times of the last 11 headers or fewer, ending with this one, oldest first. */
  readonly times: readonly UnixSeconds[];
  /** The last two of each kind, newest first, genesis never among them. */
  readonly last: Readonly<Record<ProofKind, readonly ProofPoint[]>>;
  /** One for each deployment of the network, in its order. */
  readonly deployments: readonly DeploymentStatus[];
}

/** What is known about a header besides verdicts. A function of the header and its ancestors. */
export interface HeaderRecord {
  readonly hash: HashHex;
  readonly height: Height;
  readonly header: BlockHeader;
  /** Of the whole chain from genesis, this header included. */
  readonly work: bigint;
  readonly proofKind: ProofKind;
  /** Zero on networks without stake. */
  readonly stakeModifier: Hash256;
  readonly hashProof: Hash256;
  readonly context: ChainContext;
  /** The ancestor at the next lower multiple of 64; genesis names itself. */
  readonly skip: HashHex;
}
