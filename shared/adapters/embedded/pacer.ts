import { setImmediate } from "node:timers/promises";

/** Milliseconds of one thing before everything else in the process gets its turn. */
const TURN_MS = 8;

/** Gives the event loop its turn in the middle of long work. */
export interface Pacer {
  /** Call it often. @returns a promise to await when the turn is over */
  turn(): Promise<void> | undefined;
}

/** A pacer whose first slice begins now. */
export function createPacer(): Pacer {
  let started = performance.now();
  let calls = 0;
  return {
    turn() {
      // The clock costs as much as a small step does.
      if (++calls % 64 !== 0 || performance.now() - started < TURN_MS) return undefined;
      return setImmediate().then(() => {
        started = performance.now();
      });
    },
  };
}
