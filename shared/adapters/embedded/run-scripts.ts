import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { verifyInput } from "#shared/script/verify-input.ts";

/** What of a network a script asks for. */
export type ScriptRules = Pick<ConsensusParams, "wire" | "dialect">;

/** Run the scripts of one transaction, input by input, up to the first that fails. */
export function runScripts(job: ScriptJob, { dialect }: ScriptRules): ScriptOutcome {
  const { tx, flags } = job;
  let coldStake = false;
  for (const [index, { value, scriptPubKey }] of job.prevouts.entries()) {
    const outcome = verifyInput({ tx, index, value, scriptPubKey, flags, dialect });
    coldStake ||= outcome.coldStake;
    if (outcome.error !== undefined) return { error: outcome.error, coldStake };
  }
  return { error: undefined, coldStake };
}
