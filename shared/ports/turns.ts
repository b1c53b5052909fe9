import type { Clock } from "#shared/ports/clock.ts";

/** How long one task may keep everything else in the process waiting. */
const SLICE_MS = 15;

/** What a long task needs to let others go on. */
export interface TurnDeps {
  readonly clock: Pick<Clock, "elapsedMs">;
  /** Gives everything else in the process its turn. */
  pause(): Promise<void>;
}

/**
 * A long task calls the function between its steps, and everything else in the process gets its
 * turn often enough: stores that answer at once never let the event loop go round by themselves.
 */
export function createTurns({ clock, pause }: TurnDeps): () => Promise<void> {
  let begun = clock.elapsedMs();
  return async () => {
    if (clock.elapsedMs() - begun < SLICE_MS) return;
    await pause();
    begun = clock.elapsedMs();
  };
}
