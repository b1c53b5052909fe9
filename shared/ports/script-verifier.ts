import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";

/**
 * Where the scripts of a block are run: they are most of the work of judging, depend on nothing but
 * the job, and may run anywhere.
 *
 * Implementation: `adapters/embedded/script-workers.ts`. Suite:
 * `test/ports/script-verifier.contract.ts`.
 */
export interface ScriptVerifier {
  /**
   * Run the scripts of every input of every job. A script that fails is an outcome, never a fault.
   * @returns one outcome for each job, in their order
   * @throws StoreFault retryable when what ran them died: nothing is known about the jobs then
   */
  verify(jobs: readonly ScriptJob[]): Promise<readonly ScriptOutcome[]>;
}
