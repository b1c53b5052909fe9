import type { ScriptOutcome } from "#shared/consensus/judge-env.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { ScriptAnswer } from "./script-messages.ts";

const PASSED: ScriptOutcome = { error: undefined, coldStake: false };

/**
 * One outcome for each job. What an answer does not name passed, so an answer that was not given
 * for exactly these jobs is a fault and never a verdict.
 *
 * @param jobs how many were asked
 */
export function outcomesOf(
  { judged, outcomes }: Pick<ScriptAnswer, "judged" | "outcomes">,
  jobs: number,
): Result<ScriptOutcome[], StoreFault> {
  const all = new Array<ScriptOutcome>(jobs).fill(PASSED);
  for (const [index, outcome] of outcomes) all[index] = outcome;
  if (judged === jobs && all.length === jobs) return { ok: true, value: all };
  const message = `a verifying worker judged ${judged} of ${jobs} scripts' transactions`;
  return { ok: false, error: new StoreFault(message, { retryable: true }) };
}
