import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/**
 * Every script of a block allows its spend. Of several that do not, the first is named, whoever ran
 * them and in what order.
 *
 * @param outcomes one for each job, in their order; one that is missing did not run, and fails
 * @source CoinviewRule.cs RunAsync (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 5e
 */
export function checkScripts(
  jobs: readonly ScriptJob[],
  outcomes: readonly ScriptOutcome[],
): Violation | undefined {
  for (const [index, { tx }] of jobs.entries()) {
    const error = failureOf(outcomes[index]);
    if (error !== undefined) {
      return violation("bad-txns-script-failed", { txid: toHashHex(tx.txid), error });
    }
  }
  return undefined;
}

function failureOf(outcome: ScriptOutcome | undefined): string | undefined {
  return outcome === undefined ? "NotRun" : outcome.error;
}
