import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { BadHint } from "#shared/messages/bad-hint.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { BlockTries } from "#shared/ports/block-tries.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import type { Leases } from "#shared/ports/leases.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { Operators } from "#shared/ports/operators.ts";
import type { ScriptVerifier } from "#shared/ports/script-verifier.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";

/** What the operator opts into or out of; `JUDGE_EVERYTHING` unless he does. */
export interface JudgePolicy {
  /** `assert`: a checkpoint fails a wrong hash at its height and does nothing else. */
  readonly checkpoints: "assert" | "skip";
  /** Whether something above a block vouches for it (spec 3.6). */
  assumes(block: Pick<HeaderRecord, "hash" | "height">): boolean;
}

/** No short cut: every rule and every script, checkpoints asserted. */
export const JUDGE_EVERYTHING: JudgePolicy = { checkpoints: "assert", assumes: () => false };

/** What whoever connects needs besides where others write the same stores at the same time. */
export interface SharedTables {
  /** Blocks that were begun and not finished. */
  readonly tries: BlockTries;
  /** Whether a long gap is being closed elsewhere. */
  readonly leases: Pick<Leases, "holder">;
  /** What the peer process says of the network. */
  readonly heartbeats: Pick<Heartbeats, "all">;
  /** Told of each tip after its commit, before `follow`; says whether the city ever had one. */
  readonly notice: TipNotice;
  /** Tells whoever talks to peers what was found bad, after that was written down. */
  readonly announce: WorkQueue<BadHint>;
  /** Told of a block that fells workers. */
  readonly operators: Operators;
}

/** Ports and policy of this service. */
export interface ValidateDeps {
  readonly network: Network;
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  /**
   * In a city on shared tables, where each commit carries the totals and each block is noted as
   * applied; absent where one process owns its stores, which do without.
   */
  readonly shared?: SharedTables;
  readonly scripts: ScriptVerifier;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly policy: JudgePolicy;
  /** Asks for a candidate to be connected. */
  readonly connect: WorkQueue<BlockHint>;
  /** Tells followers that the tip moved. */
  readonly follow: WorkQueue<TipHint>;
  /** Told of every block that is found bad after it was stored, before the verdict is written. */
  readonly rejected?: (bad: {
    readonly record: HeaderRecord;
    readonly error: ConsensusError;
  }) => void;
  /** Gives everything else in the process its turn. */
  pause(): Promise<void>;
}
