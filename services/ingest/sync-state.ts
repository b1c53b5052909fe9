import type { IngestDeps } from "./deps.ts";

/** What a node that catches up is doing. @source interfaces.md 4 */
export type SyncPhase = "peers" | "headers" | "blocks" | "tip";

/** In their order. */
export const SYNC_PHASES: readonly SyncPhase[] = ["peers", "headers", "blocks", "tip"];

/** How far the node is. */
export interface SyncProgress {
  readonly phase: SyncPhase;
  readonly peers: number;
  readonly height: number;
  /** Of the heaviest chain that a peer claims, or of our own. */
  readonly target: number;
}

/** Blocks behind up to which transactions and blocks are relayed. @source exos-l1.md 7.7 */
const BEHIND_MAX = 5;
/** Age of the tip above which a public network is caught up with first. @source exos-l1.md 7.3 */
const AGE_SECONDS_MAX = 7_200;
/** Without an answer for so long, a peer is not waited for. */
const ANSWER_MS = 5_000;

/** Where the synchronisation stands, as its parts report it. */
export interface SyncState {
  peers(count: number): void;
  asked(peer: string): void;
  answered(peer: string): void;
  goal(height: number | undefined): void;
  tip(height: number, time: number): void;
  /** Far behind: nothing is relayed, and no transaction asked for. */
  initialDownload(): boolean;
  progress(): SyncProgress;
}

/** Begins without peers, at genesis. */
export function createSyncState({
  network,
  clock,
}: Pick<IngestDeps, "network" | "clock">): SyncState {
  const waiting = new Map<string, number>();
  let peers = 0;
  let target: number | undefined;
  let tip = { height: 0, time: 0 };
  let heard = false;

  function phase(): SyncPhase {
    if (peers === 0) return "peers";
    if (target !== undefined && target > tip.height) return "blocks";
    const nowMs = clock.elapsedMs();
    const isWaiting = [...waiting.values()].some((askedMs) => nowMs - askedMs < ANSWER_MS);
    return heard || !isWaiting ? "tip" : "headers";
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
    initialDownload() {
      if (target !== undefined && target - tip.height > BEHIND_MAX) return true;
      return network.kind !== "regtest" && clock.now() - tip.time > AGE_SECONDS_MAX;
    },
    progress: () => ({
      phase: phase(),
      peers,
      height: tip.height,
      target: Math.max(target ?? 0, tip.height),
    }),
  };
}
