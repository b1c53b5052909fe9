import { createWatch, type Watch, type WatchDeps } from "#services/ingest/watch/watch.ts";
import { holdTip } from "#services/rpc/city/hold-tip.ts";
import { openCity } from "#services/rpc/city/open-city.ts";
import { createCityRouter } from "#services/rpc/city-router.ts";
import type { ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryCursors } from "#shared/adapters/embedded/memory-cursors.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemoryHeartbeats } from "#shared/adapters/embedded/memory-heartbeats.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createMemoryRawTransactions } from "#shared/adapters/embedded/memory-raw-transactions.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { genesisTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { growView } from "#shared/coins/view.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Generations } from "#shared/ports/generations.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { createMemoryGenerations } from "./memory-generations.ts";
import type { VirtualBlock, VirtualChain } from "./virtual-chain.ts";

/** What is at the ports of a city; a fault changes one of them. */
export interface CityPortsAtFault {
  /** Peers that the peer process counts. */
  peers: number;
  /** Whether the peer process runs, and with it its signs of life. */
  ingest: boolean;
  /** Whether headers and bodies arrive from peers. */
  headers: boolean;
  bodies: boolean;
  /** Whether the function that connects works its queue off; else hints stay there. */
  connects: boolean;
  /** Whether the index follows. */
  index: boolean;
  /** Messages that nobody could work off. */
  dead: number;
  /** The chain that the city has for the right one, of those that it is told of. */
  chain: VirtualChain;
  /** The tip as its table gives it. */
  tip: (tip: Tip) => Tip | undefined;
  /** A header as the table gives it. */
  header: (header: StoredHeader) => StoredHeader | undefined;
  /** What every read of a table ends with; `undefined`: it does not. */
  table: Error | undefined;
  /** What comes of an answer on its way. */
  reply: (answer: Response) => Response;
}

/** A city of real parts over stores in memory: what watches over it, and the API that says how it is. */
export interface SimulatedCity {
  readonly code: string;
  readonly ports: CityPortsAtFault;
  readonly generations: Generations;
  /** Its coins, for whoever puts there what no block made. */
  readonly coins: Pick<CoinStore, "apply">;
  /** The network has a new block: it reaches the city as its ports let it. */
  mined(height: number): Promise<void>;
  /** What the peer process says once a minute. */
  beat(): Promise<void>;
  /** What the schedule starts once a minute. */
  readonly watch: Watch;
  /** An answer of its API, as it arrives. */
  fetch(request: Request): Promise<Response>;
}

export interface SimulatedCityOptions {
  readonly code: string;
  readonly network: Network;
  readonly chain: VirtualChain;
  readonly clock: ManualClock;
  /** Only of a city that watches the fleet. */
  readonly fleet: WatchDeps["fleet"];
}

const PEERS = 8;

/** A city at genesis. */
export async function openSimulatedCity(options: SimulatedCityOptions): Promise<SimulatedCity> {
  const { code, network, clock, fleet } = options;
  const { consensus } = network;
  const ports: CityPortsAtFault = {
    ...{ peers: PEERS, ingest: true, headers: true, bodies: true, connects: true, index: true },
    ...{ dead: 0, chain: options.chain, table: undefined },
    tip: (tip) => tip,
    header: (header) => header,
    reply: (answer) => answer,
  };
  const stored = {
    coins: createMemoryCoinStore(consensus.dialect),
    headers: createMemoryHeaderStore(),
    index: createMemoryAddressIndex({ wire: consensus.wire }),
    cursors: createMemoryCursors(),
    notice: createMemoryTipNotice(),
    heartbeats: createMemoryHeartbeats(),
    generations: createMemoryGenerations(clock),
  };
  const read = async <Found>(found: Promise<Found>): Promise<Found> => {
    if (ports.table !== undefined) throw ports.table;
    return found;
  };
  const coins: CoinStore = {
    ...stored.coins,
    async tip() {
      const tip = await read(stored.coins.tip());
      return tip && ports.tip(tip);
    },
  };
  const headers = {
    ...stored.headers,
    async get(hash: Parameters<typeof stored.headers.get>[0]) {
      const header = await read(stored.headers.get(hash));
      return header && ports.header(header);
    },
  };
  const heartbeats = { ...stored.heartbeats, all: () => read(stored.heartbeats.all()) };
  /** Hints that wait to be connected. */
  const waiting: object[] = [];
  const connect = { send: async (hint: object) => void waiting.push(hint) };
  const deps = { ...stored, coins, headers, heartbeats, clock, log: createMemoryLog() };
  const watch = createWatch({
    ...deps,
    connect,
    follow: { send: async () => undefined },
    depths: { read: async () => ({ connect: waiting.length, dead: ports.dead }) },
    metrics: { gauge: () => undefined },
    task: undefined,
    replay: undefined,
    fleet,
  });
  const api = openApi({ ...deps, code, network });

  async function store({ record, bytes }: VirtualBlock): Promise<void> {
    await stored.headers.put(record);
    if (!ports.bodies) return;
    await stored.headers.addCandidate({ work: record.work, hash: record.hash });
    await stored.index.add([{ hash: record.hash, height: record.height, bytes }]);
    await connect.send({ hash: record.hash });
  }
  async function commit({ record, marks }: VirtualBlock): Promise<void> {
    const before = await stored.coins.tip();
    if (before === undefined) throw new RangeError("no genesis");
    const { tip, frozen } = nextTip(before, growView(before, record), consensus);
    await stored.coins.apply(0, marks);
    await stored.coins.commit(before.rev, { tip, frozen });
    await stored.headers.dropCandidate(record.hash);
    await stored.notice.put(tip);
    waiting.length = 0;
    const followers = ["mempool", ...(ports.index ? (["index"] as const) : [])] as const;
    if (ports.index) await stored.index.follow(record.hash);
    for (const name of followers) await stored.cursors.set(name, { ...tip, generation: 0 });
  }

  const genesis = genesisRecord(network);
  const { hash, height } = genesis;
  await stored.headers.put(genesis);
  await stored.coins.commit(0, genesisTip(genesis));
  await stored.index.add([{ hash, height, bytes: consensus.genesis.raw.slice() }]);
  await stored.index.follow(hash);
  const best = { header: { height: 0, hash } };
  return {
    ...{ code, ports, watch },
    generations: stored.generations,
    coins: stored.coins,
    async mined(at) {
      if (!ports.headers) return;
      const block = ports.chain.at(at);
      best.header = { height: at, hash: block.record.hash };
      await store(block);
      if (ports.bodies && ports.connects) await commit(block);
    },
    async beat() {
      if (!ports.ingest) return;
      const count = { peersIn: 0, peersOut: ports.peers, addresses: 10 };
      const beat = { service: "ingest", at: clock.now(), bestHeader: best.header } as const;
      await stored.heartbeats.beat({ ...beat, ...count });
    },
    fetch: async (request) => ports.reply(await api.fetch(request)),
  };
}

type ApiDeps = Pick<
  Parameters<typeof openCity>[0],
  "coins" | "headers" | "index" | "heartbeats" | "generations" | "log"
> &
  Pick<SimulatedCityOptions, "code" | "network" | "clock"> &
  Pick<WatchDeps, "notice">;

function openApi({ code, network, notice, ...deps }: ApiDeps) {
  const queue = { send: async () => undefined };
  // Of a city that is only asked how it is, these are never asked.
  const unasked = () => Promise.reject(new RangeError("nobody asks for this"));
  const city = openCity(
    {
      ...deps,
      coins: holdTip(deps.coins, { notice, clock: deps.clock }),
      blocks: createMemoryBlockStore(),
      richList: { richest: unasked },
      segments: { info: unasked },
      pool: createMemoryPool(),
      raw: createMemoryRawTransactions(deps.clock),
      hints: { blocks: queue, transactions: queue },
      secrets: undefined,
      store: unasked,
      judge: unasked,
      entropy: createSeededEntropy(code),
      metrics: createPrometheusMetrics(),
    },
    { city: code, network, version: "1.2.3" },
  );
  return createCityRouter(city, new Map([[code, city]]));
}
