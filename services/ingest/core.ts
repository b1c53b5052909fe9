import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { lastCheckpointHeight } from "#shared/consensus/last-checkpoint.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import type { PeerEnv } from "#shared/p2p/peer-input.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { newBlocks } from "./block-relay.ts";
import type { OpenSession, Session } from "./connections/peer-link.ts";
import type { IngestDeps } from "./deps.ts";
import { createLibrary } from "./serve.ts";
import { PeerSession } from "./session.ts";
import { Sync } from "./sync.ts";
import type { SyncProgress } from "./sync-state.ts";
import { TransactionRelay } from "./transaction-relay.ts";

export type { IngestDeps } from "./deps.ts";
export type { SyncProgress } from "./sync-state.ts";

/** A block by both its names. */
export interface ChainPoint {
  readonly height: number;
  readonly hash: HashHex;
}

/** The node among its peers: follows their chains, and serves and tells them of ours. */
export interface Ingest {
  /** Begin to talk over a connection. */
  readonly open: OpenSession;
  /** Look at our own tip: it moved, or may have. */
  tipMoved(): Promise<void>;
  /** A block that was stored proved bad. */
  rejected(bad: { readonly record: HeaderRecord; readonly error: ConsensusError }): void;
  /** The body of a block that was stored is gone: other bytes under its hash may be right. */
  lost(hash: HashHex): void;
  /** A transaction entered the pool. */
  accepted(txid: HashHex): void;
  /** What is due; a few times a second. */
  tick(): Promise<void>;
  progress(): SyncProgress;
  /** Where our chain ended when it was looked at last. */
  tip(): HeaderRecord;
  /** End of the heaviest chain that a peer shows; `undefined` before the first. */
  best(): ChainPoint | undefined;
  /** Whether the index has still to follow: only then the node is at the tip for who asks it. */
  indexing(isBehind: boolean): void;
  /** Far behind, so that nothing is relayed; never on a development network that agrees. */
  initialDownload(): boolean;
}

/** The service over these ports. @param tip where our chain ends when it begins */
export function createIngest(deps: IngestDeps, tip: HeaderRecord): Ingest {
  const { network, clock, checkpoints } = deps;
  const params = network.consensus;
  const sync = new Sync(deps);
  const library = createLibrary(deps);
  const sessions = new Set<PeerSession>();
  const failed = (cause: unknown): void => {
    // Whatever no store has caused is a bug of ours, and the process must not go on with it.
    if (!(cause instanceof StoreFault)) throw cause;
    deps.log.error(cause.code ?? "EXOS-E1000", "a peer was not answered", { err: String(cause) });
  };
  const transactions = new TransactionRelay(deps, sessions, failed);
  let at = tip;
  sync.state.tip(at.height, at.header.time);

  const env = (): PeerEnv => ({
    nowMs: clock.elapsedMs(),
    time: clock.now(),
    height: at.height,
    tip: fromHashHex(at.hash),
    initialDownload: sync.state.initialDownload(),
  });

  const sessionDeps = {
    ...deps,
    dialect: dialectOf(network),
    lastCheckpoint: lastCheckpointHeight({ params, checkpoints }),
    library,
    sync,
    transactions,
    env,
    failed,
  };

  async function announce(before: HeaderRecord): Promise<void> {
    const headers = await newBlocks(at, before, { ...deps, library });
    if (headers.length === 0) return;
    for (const session of sessions) session.handle({ kind: "announceBlocks", headers });
  }

  return {
    open(link): Session {
      const session = new PeerSession(link, sessionDeps);
      sessions.add(session);
      const closed = session.closed.bind(session);
      session.closed = () => {
        sessions.delete(session);
        closed();
      };
      return session;
    },
    async tipMoved() {
      const before = at;
      at = await deps.chain.tip();
      sync.state.tip(at.height, at.header.time);
      await sync.moved();
      if (at.hash !== before.hash && !sync.state.initialDownload()) await announce(before);
    },
    rejected: ({ record, error }) => sync.bad({ hash: record.hash, error, sender: undefined }),
    lost: (hash) => sync.lost(hash),
    accepted: (txid) => transactions.accepted(txid),
    async tick() {
      for (const session of sessions) session.handle({ kind: "tick" });
      transactions.tick();
      await sync.tick();
    },
    tip: () => at,
    best() {
      const best = sync.best();
      // More is known of it than travels: work is no number of JSON.
      return best && { height: best.height, hash: best.hash };
    },
    progress: () => sync.state.progress(),
    indexing: (isBehind) => sync.state.indexing(isBehind),
    initialDownload: () => sync.state.initialDownload(),
  };
}
