import type { IngestHeartbeat } from "#shared/ports/heartbeats.ts";
import type { Log } from "#shared/ports/log.ts";
import type { PeerTask, SeedRecord, SeenTask, TaskProvider } from "#shared/ports/peer-task.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

/** Without a task for so long, there is no room on Spot. */
const AWAY_SECONDS = 600;
/** For so long a task stays on demand. */
const ON_DEMAND_SECONDS = 86_400;

/**
 * What the task should be paid as from now on. A cluster never leaves Spot by itself, however long
 * there is no room.
 * @param lastSign when the peer process last said that it lives; `undefined`: never
 * @returns `undefined`: as it is
 * @source cloud.md 7.2
 */
export function changeOfProvider(
  task: SeenTask,
  lastSign: UnixSeconds | undefined,
  now: UnixSeconds,
): TaskProvider | undefined {
  const changed = now - task.since;
  if (task.provider === "on-demand") return changed >= ON_DEMAND_SECONDS ? "spot" : undefined;
  const away = Math.min(changed, lastSign === undefined ? changed : now - lastSign);
  return task.running === 0 && away >= AWAY_SECONDS ? "on-demand" : undefined;
}

export interface TaskDeps {
  readonly task: PeerTask;
  /** `undefined` where no name points to the city. */
  readonly seed: SeedRecord | undefined;
  /** Where the city is reached whatever address its task has; `undefined`: there, at the task's. */
  readonly addresses: readonly string[] | undefined;
  readonly log: Log;
}

/** Keeps the peer process running and findable; remembers what it pointed the name at. */
export function createTaskKeeper({ task, seed, addresses, log }: TaskDeps) {
  let pointed: string | undefined;
  return async (ingest: IngestHeartbeat | undefined, now: UnixSeconds): Promise<void> => {
    const seen = await task.see();
    if (seen === undefined) return;
    const provider = changeOfProvider(seen, ingest?.at, now);
    if (provider !== undefined) {
      log.warn("EXOS-E8144", "the peer process changes its provider", { provider });
      await task.use(provider);
    }
    const at = addresses ?? (seen.address === undefined ? [] : [seen.address]);
    const wanted = at.join();
    if (seed === undefined || wanted === "" || wanted === pointed) return;
    await seed.point(at);
    pointed = wanted;
  };
}
