import type { Tip } from "#shared/coins/tip.ts";
import type { Generations } from "#shared/ports/generations.ts";
import type { Leases } from "#shared/ports/leases.ts";
import type { Log } from "#shared/ports/log.ts";
import type { ReplayTask } from "#shared/ports/replay-task.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";

export interface ReplayDeps {
  readonly generations: Pick<Generations, "get">;
  readonly leases: Pick<Leases, "holder">;
  readonly replay: ReplayTask;
  readonly log: Pick<Log, "info">;
}

/**
 * Sees to it that a snapshot which a city began with is replayed to the end, whatever becomes of the
 * load that should do it; remembers the generation that needs no more of it.
 *
 * @source cloud.md 5.4 "Trust"
 */
export function createReplayKeeper({ generations, leases, replay, log }: ReplayDeps) {
  let settled: number | undefined;
  return async (tip: Tip | undefined, now: UnixSeconds): Promise<void> => {
    if (tip === undefined || tip.gen === settled) return;
    const note = await generations.get(tip.gen);
    const isDue = note?.assumed === true && !note.refuted;
    // A load that is at it still needs no help, and would be in its way.
    if (isDue && (await leases.holder("load", now)) !== undefined) return;
    const isWanted = await replay.isWanted();
    if (isWanted !== undefined && isWanted !== isDue) {
      await replay.want(isDue);
      log.info(isDue ? "replay taken up" : "replay ended", { generation: tip.gen });
    }
    if (!isDue) settled = tip.gen;
  };
}
