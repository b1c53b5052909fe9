import type { IngestDeps } from "./deps.ts";

/** What a node that catches up is doing. @source interfaces.md 4 */
export type SyncPhase = "peers" | "headers" | "blocks" | "index" | "tip";

/** In their order. */
export const SYNC_PHASES: readonly SyncPhase[] = ["peers", "headers", "blocks", "index", "tip"];

/** How far the node is. */
export interface SyncProgress {
  readonly phase: SyncPhase;
  readonly peers: number;
  readonly height: number;
  /** Of the heaviest chain that a peer claims, or of our own. */
  readonly target: number;
  /** Connected lately. */
  readonly blocksPerSecond: number;
  /** At this rate; `undefined` where nothing is left, or nothing moves. */
  readonly etaSeconds: number | undefined;
}

/** Blocks behind up to which transactions and blocks are relayed. @source exos-l1.md 7.7 */
const BEHIND_MAX = 5;
/** Age of the tip above which a public network is caught up with first. @source exos-l1.md 7.3 */
const AGE_SECONDS_MAX = 7_200;
/** Without an answer for so long, a peer is not waited for. */
const ANSWER_MS = 5_000;

/** Over how long the rate of blocks is taken. */
const RATE_MS = 10_000;

/** Where the synchronisation stands, as its parts report it. */
export interface SyncState {
  peers(count: number): void;
  asked(peer: string): void;
  answered(peer: string): void;
  goal(height: number | undefined): void;
  tip(height: number, time: number): void;
  /** Whether who asks the node has to wait for its index. */
  indexing(isBehind: boolean): void;
  /** Far behind: nothing is relayed, and no transaction asked for. */
  initialDownload(): boolean;
  progress(): SyncProgress;
  /** Look at the clock, and tell the metrics. */
  tick(): void;
}

/** Begins without peers, at genesis. */
export function createSyncState({
  network,
  clock,
  metrics,
  tipAgeSecondsMax = AGE_SECONDS_MAX,
}: Pick<IngestDeps, "network" | "clock" | "metrics" | "tipAgeSecondsMax">): SyncState {
  const waiting = new Map<string, number>();
  let peers = 0;
  let target: number | undefined;
  let tip = { height: 0, time: 0 };
  let heard = false;
  let behind = false;
  const rate = createRate();

  function phase(): SyncPhase {
    if (peers === 0) return "peers";
    if (target !== undefined && target > tip.height) return "blocks";
    const nowMs = clock.elapsedMs();
    const isWaiting = [...waiting.values()].some((askedMs) => nowMs - askedMs < ANSWER_MS);
    if (!heard && isWaiting) return "headers";
    return behind ? "index" : "tip";
  }

  function progress(): SyncProgress {
    const end = Math.max(target ?? 0, tip.height);
    const left = end - tip.height;
    const blocksPerSecond = rate.perSecond();
    const etaSeconds = left > 0 && blocksPerSecond > 0 ? left / blocksPerSecond : undefined;
    return { phase: phase(), peers, height: tip.height, target: end, blocksPerSecond, etaSeconds };
  }

  return {
    peers(count) {
      peers = count;
    },
    asked: (peer) => void waiting.set(peer, clock.elapsedMs()),
    answered(peer) {
      heard = true;
      waiting.delete(peer);
    },
    goal(height) {
      target = height;
    },
    tip(height, time) {
      tip = { height, time };
    },
    indexing(isBehind) {
      behind = isBehind;
    },
    initialDownload() {
      if (target !== undefined && target - tip.height > BEHIND_MAX) return true;
      return network.kind !== "regtest" && clock.now() - tip.time > tipAgeSecondsMax;
    },
    progress,
    tick() {
      rate.note(clock.elapsedMs(), tip.height);
      const { phase: now, height, target: end, blocksPerSecond, etaSeconds } = progress();
      for (const one of SYNC_PHASES) {
        metrics.gauge("exos_sync_phase", one === now ? 1 : 0, { phase: one });
      }
      metrics.gauge("exos_sync_progress_ratio", end === 0 ? 1 : height / end);
      metrics.gauge("exos_sync_eta_seconds", etaSeconds ?? 0);
      metrics.gauge("exos_sync_blocks_per_second", blocksPerSecond);
      metrics.gauge("exos_lag_blocks", end - height);
      metrics.gauge("exos_tip_age_seconds", Math.max(0, clock.now() - tip.time));
    },
  };
}

/** Blocks per second over the last ten seconds or so. */
function createRate() {
  let points: { readonly atMs: number; readonly height: number }[] = [];
  return {
    note(atMs: number, height: number): void {
      points = [...points.filter((point) => atMs - point.atMs <= RATE_MS), { atMs, height }];
    },
    perSecond(): number {
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
      return Math.max(0, (1_000 * (last.height - first.height)) / (last.atMs - first.atMs));
    },
  };
}
