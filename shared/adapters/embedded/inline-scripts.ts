import { setImmediate } from "node:timers/promises";
import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import type { ScriptVerifier } from "#shared/ports/script-verifier.ts";
import { runScripts, type ScriptRules } from "./run-scripts.ts";

/** Inputs verified before other work of the thread has its turn. */
const INPUTS_PER_SLICE = 32;

/** Scripts in the thread that asks: for a machine with one core, and for functions. */
export function createInlineScripts(rules: ScriptRules): ScriptVerifier {
  return {
    async verify(jobs) {
      const outcomes: ScriptOutcome[] = [];
      for (const slice of cutParts(jobs, INPUTS_PER_SLICE)) {
        outcomes.push(...runScripts(slice, rules));
        await setImmediate();
      }
      return outcomes;
    },
  };
}

/** @param inputsMin inputs after which the next job begins a new part */
export function cutParts(jobs: readonly ScriptJob[], inputsMin: number): ScriptJob[][] {
  const parts: ScriptJob[][] = [];
  let part: ScriptJob[] = [];
  let inputs = 0;
  for (const job of jobs) {
    if (inputs >= inputsMin) {
      parts.push(part);
      part = [];
      inputs = 0;
    }
    part.push(job);
    inputs += job.prevouts.length;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
