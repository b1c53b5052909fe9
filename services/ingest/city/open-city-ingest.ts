import type { Connections } from "#services/ingest/connections/connections.ts";
import { openConnections } from "#services/ingest/connections/connections.ts";
import type { ConnectionDeps } from "#services/ingest/connections/deps.ts";
import type { ConnectionSettings } from "#services/ingest/connections/settings.ts";
import { createIngest, type Ingest, type IngestDeps } from "#services/ingest/core.ts";
import type { Delivery } from "#services/ingest/deps.ts";
import type { SyncProgress } from "#services/ingest/sync-state.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { AnnounceHint } from "#shared/messages/queue-hints.ts";
import type { TransactionHint } from "#shared/messages/transaction-hint.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { Pool } from "#shared/ports/pool.ts";
import type { RawTransactions } from "#shared/ports/raw-transactions.ts";
import type { TipNotice } from "#shared/ports/tip-notice.ts";
import type { WorkQueue, WorkSource } from "#shared/ports/work-queue.ts";
import { createHeldTip } from "./held-tip.ts";
import { type Arrivals, createHintingDoor } from "./hinting-door.ts";
import { createCityPoolDoor } from "./pool-door.ts";
import { createRecentHeaders } from "./recent-headers.ts";
import { type CityIngest, runCityIngest } from "./run-city-ingest.ts";

/** Stores that keep at hand what is asked for often. */
export interface HeldStores {
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
}

/** What a staker beside the peers works on. */
export interface CityToStake extends HeldStores {
  /** Header of the tip that is held. */
  tip(): Promise<HeaderRecord>;
  /** The way of blocks into the city: stored first, hinted at after. */
  deliver(block: Uint8Array): Promise<Delivery>;
  progress(): SyncProgress;
  /** Median of how far the peers' clocks are ahead of this machine's; `undefined`: no peers. */
  clockSkewSeconds(): number | undefined;
}

/** Everything that the peer process of a city is made of. */
export type CityPorts = Pick<
  IngestDeps,
  "network" | "blocks" | "clock" | "log" | "checkpoints" | "pause"
> &
  Pick<ConnectionDeps, "transport" | "entropy" | "book" | "bans" | "resolve" | "adjustTime"> & {
    /** Written out once a minute. */
    readonly metrics: Metrics & { flush(): void };
    readonly wall: CityIngest["wall"];
    readonly headers: HeaderStore;
    readonly coins: CoinStore;
    readonly pool: Pick<Pool, "get" | "all">;
    readonly raw: RawTransactions;
    readonly notice: Pick<TipNotice, "read">;
    readonly heartbeats: Pick<Heartbeats, "beat">;
    /** Asks for a stored block to be checked, and for stored bytes to be judged. */
    readonly queues: {
      readonly blocks: WorkQueue<BlockHint>;
      readonly transactions: WorkQueue<TransactionHint>;
    };
    /** What the rest of the city tells of. */
    readonly announce: WorkSource<AnnounceHint>;
    /** The judge of what arrives, over the stores that it is given. */
    arrivals(stores: HeldStores): Arrivals;
    /** Put final blocks away. @returns how many segments were packed */
    pack(signal: AbortSignal): Promise<number>;
    /** Stake until the signal is aborted, in a city that does. */
    readonly stake?: ((city: CityToStake, signal: AbortSignal) => Promise<void>) | undefined;
  };

/** The peer process of a city. Dispose of it to tell its peers, and to keep what it knows of others. */
export interface OpenCityIngest extends AsyncDisposable {
  readonly ingest: Ingest;
  readonly peers: Connections["peers"];
  readonly listening: Connections["listening"];
  /** Dial, follow and serve until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** Whom a block of our own comes from: no peer, so of no network group. */
const OURSELVES = "stake";

/**
 * Put the service together over the stores and queues of a city whose first tip is there.
 *
 * @throws NetFault when it cannot listen; StoreFault when the world failed
 */
export async function openCityIngest(
  ports: CityPorts,
  settings: ConnectionSettings,
): Promise<OpenCityIngest> {
  const { network, log } = ports;
  const tip = createHeldTip(ports.coins);
  await tip.refresh();
  const recent = createRecentHeaders(ports.headers);
  const stores = { headers: recent.headers, coins: tip.coins };
  const groups = { of: (_peer: string): string | undefined => undefined };
  const groupOf = (peer: string) => groups.of(peer);
  const chain = createHintingDoor({
    arrivals: ports.arrivals(stores),
    blocks: ports.queues.blocks,
    groupOf,
  });
  const { transactions } = ports.queues;
  const pool = createCityPoolDoor({ ...ports, transactions, groupOf });
  const ingest = createIngest(
    { ...ports, ...stores, chain, pool, log: log.module("ingest") },
    await chain.tip(),
  );
  const { version, services } = dialectOf(network);
  const connections = await openConnections(
    {
      ...ports,
      log: log.module("peers"),
      openSession: ingest.open,
      height: () => ingest.progress().height,
      protocol: { version, services },
    },
    settings,
  );
  groups.of = (peer) => connections.peers.list().find(({ id }) => String(id) === peer)?.group;
  const city = {
    ...ports,
    ingest,
    peers: connections.peers,
    tip,
    headers: recent.headers,
    forget: recent.forget,
    pool,
    addresses: () => ports.book.sizes().told + ports.book.sizes().tried,
  };
  const toStake: CityToStake = {
    ...stores,
    tip: () => chain.tip(),
    deliver: (block) => chain.receive().take(block, OURSELVES),
    progress: () => ingest.progress(),
    clockSkewSeconds: () => connections.peers.network().clockSkewSeconds,
  };
  return {
    ingest,
    peers: connections.peers,
    listening: connections.listening,
    async run(signal) {
      const failing = new AbortController();
      const end = AbortSignal.any([signal, failing.signal]);
      const stopOthers = (cause: unknown) => {
        failing.abort();
        throw cause;
      };
      const all = [runCityIngest(city, end), connections.run(end)];
      if (ports.stake !== undefined) all.push(ports.stake(toStake, end));
      await Promise.all(all.map((running) => running.catch(stopOthers)));
    },
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}
