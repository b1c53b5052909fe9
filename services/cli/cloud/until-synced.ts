import { setTimeout as wait } from "node:timers/promises";
import { CommandFailure } from "#services/cli/failure.ts";

/** A city that is to catch up with a node. */
export interface SyncingCity {
  /** `HOST:PORT` of that node. */
  readonly peer: string;
  /** The height that it answers with. @throws anything until it has its first tip */
  height(): Promise<number>;
  /** Whether its peer process runs. */
  isUp(): Promise<boolean>;
}

export interface SyncOptions {
  /** The height that it is to answer with, at least. */
  readonly wanted: number;
  readonly signal: AbortSignal;
  /** Told whenever it is asked for the next time. */
  readonly onStatus: (line: string) => void;
  readonly lookMs?: number;
  /** Milliseconds from any moment on. */
  readonly elapsedMs?: () => number;
}

/** A city that gets no block for so long follows nobody. */
const STILL_MS_MAX = 120_000;
const LOOK_MS = 1_000;

/**
 * Wait until the city answers with a height.
 *
 * @returns the height it answers with
 * @throws CommandFailure `EXOS-E8181` that names the peer, when its height does not grow
 */
export async function untilSynced(
  { peer, height, isUp }: SyncingCity,
  { wanted, signal, onStatus, ...given }: SyncOptions,
): Promise<number> {
  const { lookMs = LOOK_MS, elapsedMs = () => performance.now() } = given;
  let [highest, said, grownMs] = [-1, "", elapsedMs()];
  while (elapsedMs() - grownMs < STILL_MS_MAX) {
    try {
      const found = await height();
      if (found >= wanted) return found;
      if (found > highest) [highest, grownMs] = [found, elapsedMs()];
      said = `blocks ${found} of ${wanted}`;
      onStatus(said);
    } catch (cause) {
      // Until it has its first tip, a city answers with nothing else.
      said = cause instanceof Error ? cause.message : String(cause);
    }
    if (!(await isUp())) {
      throw new CommandFailure("the peer process ended", { code: "EXOS-E8181" });
    }
    await wait(lookMs, undefined, { signal });
  }
  const message = `the city does not follow ${peer}: ${said}`;
  throw new CommandFailure(message, { code: "EXOS-E8181" });
}
