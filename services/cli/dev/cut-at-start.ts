import type { EmbeddedFleet } from "#services/cli/embedded/open-fleet.ts";
import { refused } from "#services/cli/failure.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";

const LOOK_MS = 250;

/** Once all cities stand on one block, cut them in two. @throws CommandFailure for other sizes */
export async function cutAtStart(
  { control }: EmbeddedFleet,
  [first, second]: readonly [number, number],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const tips = new Set((await control.cities()).map(({ tip }) => tip?.hash));
    if (tips.size === 1) {
      const cut = control.partition(first, second);
      if (!cut.ok) throw refused(cut.error);
      return;
    }
    await sleepOrStop(clock, LOOK_MS, signal);
  }
}
