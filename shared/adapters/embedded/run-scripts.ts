import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { verifyInputs } from "#shared/script/verify-inputs.ts";

/** What of a network a script asks for. */
export type ScriptRules = Pick<ConsensusParams, "wire" | "dialect">;

/** A job whose transaction need not be hashed. */
type PlainJob = Pick<ScriptJob, "prevouts" | "flags"> & {
  readonly tx: Transaction;
  /** Index of the input that the first of the outputs is spent by; 0 unless given. */
  readonly first?: number;
};

/**
 * Run the scripts of some transactions, their signatures in one batch. Of each the outcome is that
 * of its inputs in order, up to the first that fails.
 */
export function runScripts(jobs: readonly PlainJob[], { dialect }: ScriptRules): ScriptOutcome[] {
  const verdicts = verifyInputs(
    jobs.flatMap(({ tx, prevouts, flags, first = 0 }) =>
      prevouts.map(({ value, scriptPubKey }, at) => {
        return { tx, index: first + at, value, scriptPubKey, flags, dialect };
      }),
    ),
  );
  let at = 0;
  return jobs.map(({ prevouts }) => {
    const own = verdicts.slice(at, at + prevouts.length);
    at += prevouts.length;
    const failed = own.findIndex(({ error }) => error !== undefined);
    const judged = failed < 0 ? own : own.slice(0, failed + 1);
    return { error: own[failed]?.error, coldStake: judged.some(({ coldStake }) => coldStake) };
  });
}
