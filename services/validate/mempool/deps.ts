import type { HeaderRecord } from "#shared/consensus/header-record.ts";
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
    "network" | "blocks" | "headers" | "coins" | "scripts" | "clock" | "log" | "pause"
  > {
  readonly policy: PoolPolicy;
  readonly pool: Pool;
  /** Draws the orphan that gives way. */
  readonly entropy: Entropy;
  /**
   * Where the store outlives this process, who brings it to each tip: somebody `else`, so that it is
   * used as it stands; or this process, which goes on from where it was left `at`. Absent where nobody
   * knows that: then every member is judged again.
   */
  readonly kept?: { readonly by: "else" } | { readonly by: "us"; readonly at: HeaderRecord };
  /** Told of every transaction that enters. */
  readonly accepted: WorkQueue<AcceptedHint>;
}
