import type { PoolPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { AcceptedHint } from "#shared/messages/accepted-hint.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { Pool } from "#shared/ports/pool.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import type { ValidateDeps } from "../deps.ts";

/** What the pool runs on. */
export interface MempoolDeps
  extends Pick<
    ValidateDeps,
    "network" | "blocks" | "headers" | "coins" | "scripts" | "clock" | "log"
  > {
  readonly policy: PoolPolicy;
  readonly pool: Pool;
  /** Draws the orphan that gives way. */
  readonly entropy: Entropy;
  /** Told of every transaction that enters. */
  readonly accepted: WorkQueue<AcceptedHint>;
}
