import type { ValidateDeps } from "./deps.ts";

/** How long one task may keep everything else in the process waiting. */
const SLICE_MS = 15;

/**
 * A long task calls the function between its steps, and everything else in the process gets its
 * turn often enough: stores that answer at once never let the event loop go round by themselves.
 */
export function createTurns({ clock, pause }: Pick<ValidateDeps, "clock" | "pause">) {
  let begun = clock.elapsedMs();
  return async (): Promise<void> => {
    if (clock.elapsedMs() - begun < SLICE_MS) return;
    await pause();
    begun = clock.elapsedMs();
  };
}
