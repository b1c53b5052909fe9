import type { ScriptOutcome } from "#shared/consensus/judge-env.ts";

/** To a script worker: packed jobs under a number that its answer repeats. */
export interface ScriptRequest {
  readonly id: number;
  readonly jobs: Uint8Array;
}

/** From a script worker: only jobs that failed or said something, by their index. */
export interface ScriptAnswer {
  readonly id: number;
  /** Jobs that were judged: all that were asked, or the answer says nothing about any. */
  readonly judged: number;
  readonly outcomes: [index: number, outcome: ScriptOutcome][];
}
