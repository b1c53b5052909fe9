import { setImmediate } from "node:timers/promises";
import type { ScriptJob, ScriptOutcome } from "#shared/consensus/judge-env.ts";
import type { ScriptVerifier } from "#shared/ports/script-verifier.ts";
import { runScripts, type ScriptRules } from "./run-scripts.ts";

/**
 * Inputs verified before other work of the thread has its turn, and bytes that they may have hashed: each
 * signature covers nearly the whole transaction, so a thousand inputs of one cost a million of their size.
 */
const INPUTS_PER_SLICE = 32;
const BYTES_PER_SLICE = 1_048_576;

/** Some inputs of one job. */
interface Piece extends ScriptJob {
  /** Index of the first of them. */
  readonly first: number;
  /** Index of the job. */
  readonly of: number;
}

const PASSED: ScriptOutcome = { error: undefined, coldStake: false };

/** Scripts in the thread that asks: for a machine with one core, and for functions. */
export function createInlineScripts(rules: ScriptRules): ScriptVerifier {
  return {
    async verify(jobs) {
      const outcomes = jobs.map(() => PASSED);
      for (const slice of slicesOf(jobs)) {
        const pieces = slice.filter(({ of }) => outcomes[of]?.error === undefined);
        for (const [at, { error, coldStake }] of runScripts(pieces, rules).entries()) {
          const of = pieces[at]?.of ?? 0;
          outcomes[of] = { error, coldStake: coldStake || outcomes[of]?.coldStake === true };
        }
        await setImmediate();
      }
      return outcomes;
    },
  };
}

/** Every input once, in order, as many of them together as one turn may take. */
function* slicesOf(jobs: readonly ScriptJob[]): Generator<readonly Piece[]> {
  let slice: Piece[] = [];
  let inputs = 0;
  let bytes = 0;
  for (const [of, job] of jobs.entries()) {
    const { length } = job.tx.raw;
    for (let first = 0; first < job.prevouts.length; ) {
      const room = Math.min(
        INPUTS_PER_SLICE - inputs,
        Math.ceil((BYTES_PER_SLICE - bytes) / length),
      );
      const prevouts = job.prevouts.slice(first, first + room);
      slice.push({ ...job, prevouts, first, of });
      first += prevouts.length;
      inputs += prevouts.length;
      bytes += prevouts.length * length;
      if (inputs < INPUTS_PER_SLICE && bytes < BYTES_PER_SLICE) continue;
      yield slice;
      slice = [];
      inputs = 0;
      bytes = 0;
    }
  }
  if (slice.length > 0) yield slice;
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
