import type { Tip } from "#shared/coins/tip.ts";
import { SILENT_SECONDS_MAX } from "#shared/fleet/judge-city.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type {
  CitySeen,
  Heartbeat,
  Heartbeats,
  IngestHeartbeat,
  WatchHeartbeat,
} from "#shared/ports/heartbeats.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { QueueDepths } from "#shared/ports/queue-depths.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import { createReplayKeeper, type ReplayDeps } from "./keep-replay.ts";
import { createTaskKeeper, type TaskDeps } from "./keep-task.ts";
import { createSweep, type SweepDeps } from "./sweep.ts";
import { type TickDeps, tick } from "./tick.ts";

/** What watching over a city runs on. */
export interface WatchDeps extends TickDeps {
  readonly headers: Pick<HeaderStore, "candidates" | "get">;
  readonly heartbeats: Heartbeats;
  readonly depths: QueueDepths;
  readonly metrics: Pick<Metrics, "gauge">;
  /** `undefined` where no cluster runs the peer process. */
  readonly task: Omit<TaskDeps, "log"> | undefined;
  /** `undefined` where no cluster could run it. */
  readonly replay: Omit<ReplayDeps, "log"> | undefined;
  /** Only in a city that watches the fleet. */
  readonly fleet: Omit<SweepDeps, "log"> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** One round of watching. @throws StoreFault of the first part that failed, after all were tried */
export type Watch = () => Promise<void>;

/**
 * What a city does once a minute: find work that no hint brings, measure, keep its peer process
 * running, look after the fleet, and say that it lives. Each part is tried whatever became of the
 * others, and done again a minute later.
 * @source cloud.md 1, 2, 7.2, 7.3, 10
 */
export function createWatch(deps: WatchDeps): Watch {
  const { clock, log } = deps;
  const keepTask = deps.task && createTaskKeeper({ ...deps.task, log });
  const keepReplay = deps.replay && createReplayKeeper({ ...deps.replay, log });
  const sweep = deps.fleet && createSweep({ ...deps.fleet, log });
  let seenRev: number | undefined;
  return async () => {
    const now = clock.now();
    const parts = tryEach(log);
    const beats = (await parts.run("heartbeats", () => deps.heartbeats.all())) ?? [];
    const ingest = find(beats, "ingest");
    const before = find(beats, "watch");
    // Meanwhile: the farthest city answers a second later, which is paid for.
    const sweeping = parts.run("fleet", async () => sweep?.(before?.cities ?? [], now));
    // It is told where it is waited for.
    sweeping.catch(() => undefined);
    // Before the tick, whose own hint would be among those that wait.
    const depths = await parts.run("queues", () => deps.depths.read());
    const tip = await parts.run("tick", () => tick(deps));
    const isMoving = seenRev !== undefined && tip !== undefined && tip.rev !== seenRev;
    seenRev = tip?.rev;
    await parts.run("metrics", () => measure({ tip, ingest, now }, deps));
    if (keepTask !== undefined) await parts.run("task", () => keepTask(ingest, now));
    if (keepReplay !== undefined) await parts.run("replay", () => keepReplay(tip, now));
    const seen = await sweeping;
    await parts.run("heartbeat", () =>
      deps.heartbeats.beat({
        service: "watch",
        at: now,
        deadLetters: depths?.dead ?? before?.deadLetters ?? 0,
        oldestHintSeconds: oldestHint(depths?.connect ?? 0, { before, now, isMoving }),
        cities: seen ?? keptCities(before),
      }),
    );
    parts.end();
  };
}

function find<Service extends Heartbeat["service"]>(
  beats: readonly Heartbeat[],
  service: Service,
): Extract<Heartbeat, { service: Service }> | undefined {
  // The service is what tells them apart.
  return beats.find((beat) => beat.service === service) as
    | Extract<Heartbeat, { service: Service }>
    | undefined;
}

function keptCities(before: WatchHeartbeat | undefined): readonly CitySeen[] {
  return before?.cities ?? [];
}

/**
 * At least how long a hint waits to be connected. A queue tells how many there are, not how old they
 * are: one that is there at each look was there all the time, unless the tip moved between two looks.
 * A hint that is handled is gone before the next look, also one whose block nobody can connect.
 */
function oldestHint(
  waiting: number,
  found: {
    readonly before: WatchHeartbeat | undefined;
    readonly now: UnixSeconds;
    /** Whether something was committed since the last look. */
    readonly isMoving: boolean;
  },
): number {
  const { before, now, isMoving } = found;
  if (waiting === 0) return 0;
  // One second says: there was one at this look, of unknown age.
  if (before === undefined || isMoving || before.oldestHintSeconds === 0) return 1;
  return before.oldestHintSeconds + (now - before.at);
}

async function measure(
  found: {
    readonly tip: Tip | undefined;
    readonly ingest: IngestHeartbeat | undefined;
    readonly now: UnixSeconds;
  },
  { metrics, headers }: Pick<WatchDeps, "metrics" | "headers">,
): Promise<void> {
  const { tip, ingest, now } = found;
  if (ingest !== undefined) metrics.gauge("bitcoin_peers", peersOf(ingest, now));
  if (tip === undefined) return;
  metrics.gauge("exos_tip_height", tip.height);
  const header = await headers.get(tip.hash);
  if (header === undefined) return;
  metrics.gauge("exos_tip_age_seconds", now - header.record.header.time);
}

/** Peers that the city has. A process that says nothing any more has none, whatever it said last. */
function peersOf({ at, peersIn, peersOut }: IngestHeartbeat, now: UnixSeconds): number {
  return now - at > SILENT_SECONDS_MAX ? 0 : peersIn + peersOut;
}

/** Runs parts of a round; what failed is logged, and the first of it thrown at the end. */
function tryEach(log: Log) {
  let failed: StoreFault | undefined;
  return {
    async run<T>(part: string, work: () => Promise<T>): Promise<T | undefined> {
      try {
        return await work();
      } catch (fault) {
        // Not lost: `end` throws it, once the other parts had their turn.
        if (!(fault instanceof StoreFault)) throw fault;
        log.error(fault.code ?? "EXOS-E8100", "a part of watching failed", {
          part,
          err: fault.message,
        });
        failed ??= fault;
        return undefined;
      }
    },
    end() {
      if (failed !== undefined) throw failed;
    },
  };
}
