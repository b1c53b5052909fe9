import type { NodeControl, RpcDeps, Stores } from "#services/rpc/deps.ts";
import { createRateLimit } from "#services/rpc/http/rate-limit.ts";
import { segmentEnd, segmentOf } from "#shared/coins/segment.ts";
import type { Network } from "#shared/consensus/params.ts";
import { LOAD_GAP_BLOCKS } from "#shared/fleet/load-gap.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { TransactionHint } from "#shared/messages/transaction-hint.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { Generations } from "#shared/ports/generations.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { NetworkView } from "#shared/ports/peers.ts";
import type { Pool } from "#shared/ports/pool.ts";
import type { RawTransactions } from "#shared/ports/raw-transactions.ts";
import type { RichList } from "#shared/ports/rich-list.ts";
import type { Secrets } from "#shared/ports/secrets.ts";
import type { Segments } from "#shared/ports/segments.ts";
import type { Traces } from "#shared/ports/traces.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import { cityAccess } from "./city-access.ts";
import { openCityPool } from "./city-pool.ts";
import { handInBlock, type Stored } from "./hand-in-block.ts";

/** The stores, queues and judges of a city that its answers are made of. */
export interface CityPorts {
  /** Its `tip` is held, as `holdTip` does it. */
  readonly coins: CoinStore;
  /** The tip's is held, as `holdTipHeader` does it. */
  readonly headers: HeaderStore;
  readonly blocks: BlockStore;
  readonly index: AddressIndex;
  readonly richList: RichList;
  readonly pool: Pool;
  readonly raw: Pick<RawTransactions, "put">;
  readonly heartbeats: Pick<Heartbeats, "all">;
  readonly generations: Pick<Generations, "get">;
  readonly segments: Pick<Segments, "info">;
  readonly hints: {
    readonly blocks: WorkQueue<BlockHint>;
    readonly transactions: WorkQueue<TransactionHint>;
  };
  /** `undefined`: the door is open, for a city without an edge. */
  readonly secrets: Secrets | undefined;
  /** Judge header and integrity of a block, and store it. */
  store(block: Uint8Array): Promise<Stored>;
  /** A judge of transactions over a pool. */
  judge(pool: Pool): Promise<Mempool>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly traces?: Traces | undefined;
}

/** What is said of the city. */
export interface CityFacts {
  readonly city: string;
  readonly network: Network;
  readonly version: string;
}

/** When a city counts as ready. @source interfaces.md 7.1 `readymaxlag`, `readymaxage` */
const LAG_BLOCKS_MAX = 2;
const AGE_SECONDS_MAX = 1_800;

/** The API of a city whose work several processes share, over its ports alone. */
export function openCity(ports: CityPorts, facts: CityFacts): RpcDeps {
  const { clock, coins, headers, blocks, index, richList } = ports;
  const { network } = facts;
  const { hints, raw, pool, judge } = ports;
  const mempool = openCityPool({ pool, judge, raw, transactions: hints.transactions, clock });
  const stores: Stores = { coins, headers, blocks, index, richList, mempool };
  const since = clock.now();
  const isDevelopment = network.kind === "regtest";
  return {
    network,
    city: facts.city,
    version: facts.version,
    startedMs: clock.elapsedMs(),
    state: () => ({ phase: "ready", stores, progress: 1, etaSeconds: undefined, since }),
    methods: async () => (await import("#services/rpc/methods/city-methods.ts")).CITY_METHODS,
    control: controlOf(ports),
    heartbeats: ports.heartbeats,
    async counted({ height }) {
      // Elsewhere nothing is noted; what is packed is final, so no other block can be meant.
      if (segmentEnd(height) !== height) return undefined;
      return (await ports.segments.info(segmentOf(height)))?.muhash;
    },
    trustOf: (generation) => ports.generations.get(generation),
    partOfNetwork: partOfNetwork(facts),
    heldStreams: false,
    calls: new Set(),
    access: cityAccess(ports),
    rate: createRateLimit({ clock }),
    readiness: {
      blocksMax: LAG_BLOCKS_MAX,
      ageSecondsMax: isDevelopment ? undefined : AGE_SECONDS_MAX,
      loadBlocks: LOAD_GAP_BLOCKS,
    },
    clock,
    entropy: ports.entropy,
    metrics: ports.metrics,
    log: ports.log,
    traces: ports.traces,
  };
}

/** A city takes blocks, and nothing else that changes it: who could ask is refused before. */
function controlOf(ports: CityPorts): NodeControl {
  return {
    submit: (block) => handInBlock(block, { ...ports, blocks: ports.hints.blocks }),
    // Tables do not say how large they are without another right.
    sizeOnDisk: async () => 0,
    lowestBody: () => 1,
    stop: () => undefined,
    development: undefined,
  };
}

/** What the peer process of the city says of it to every peer. */
function partOfNetwork({ version, network }: CityFacts): NetworkView {
  const { version: protocolVersion, services } = dialectOf(network);
  return {
    protocolVersion,
    userAgent: `/exos:${version} (${protocolVersion})/`,
    services,
    relay: true,
    timeOffsetSeconds: 0,
    clockSkewSeconds: undefined,
    listening: [],
    external: [],
    proxy: "",
    inboundMax: 0,
    outboundMax: 0,
    discovers: true,
    hasSource: true,
  };
}
