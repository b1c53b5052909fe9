import type { FunctionName } from "#regions/city-names.ts";
import { CITIES } from "#regions/fleet.ts";
import { METRICS } from "./metrics.ts";

/** Blocks of a month, one in 64 s. */
export const BLOCKS_A_MONTH = 41_060;
/** Minutes of a month. */
export const MINUTES_A_MONTH = 43_800;

/** What one run of a function is, and how often it runs in an idle city. */
interface Runs {
  readonly perBlock: number;
  readonly perMinute: number;
  /** Billed seconds of one run. */
  readonly seconds: number;
}

/** Cities that ask every city each minute whether it is ready. */
const WATCHERS = CITIES.filter(({ host }) => host.kind === "aws" && host.watcher).length;

const AT_A_BLOCK = { perBlock: 1, perMinute: 0 } as const;
const NEVER = { perBlock: 0, perMinute: 0, seconds: 0 } as const;

/**
 * How often an idle city uses what its templates make: near-empty blocks, no callers but those that
 * watch over the fleet. Metered tests hold every count of requests, by block and by minute; durations
 * are those of as many requests of 5 ms one after the other and of the benches, rounded up.
 * @source cloud.md 3.4, 13
 */
export const IDLE_USAGE = {
  dynamo: {
    /** All that a near-empty block writes, index, cursors and packing included; the bar is 38. */
    writesPerBlock: 37,
    /** A tip of 5 units and four of half the price, and the headers, coins, body and cursors. */
    readsPerBlock: 50,
    /** Heartbeats of `ingest` and `watch`. */
    writesPerMinute: 2,
    /** `NOW` every five seconds, what the tick looks at, and what two watchers are answered. */
    readsPerMinute: 18.5,
    /** Of all tables together, with two million coins. */
    gb: 3.5,
  },
  /** Of the same, what putting a final block into a segment takes. */
  packing: { writesPerBlock: 3, readsPerBlock: 2 },
  s3: {
    gb: 4,
    /** Segments, and the objects of a set. */
    putsPerBlock: 0.02,
    getsPerBlock: 0.1,
    /** The address book. */
    putsPerMinute: 1 / 60,
  },
  queues: {
    /** An idle mapping polls five times at once, each poll for 20 s. */
    pollsOfMapping: 5,
    pollSeconds: 20,
    /** Send, receive and delete of one hint to each of them; a topic sends for nothing. */
    requestsPerBlock: { blocks: 3, connect: 3, transactions: 0, announce: 2 },
    /** How much waits in each, and in both of the dead. */
    requestsPerMinute: { connect: 1, dead: 1 },
  },
  /**
   * Runs of the task that publishes the city's set: on every odd day. Measured are 235 µs for each header
   * and 107 µs for each coin, read and written: twenty minutes of four million blocks, and then the way
   * to the bucket and back.
   */
  sets: { runs: 15.5, hours: 0.5 },
  topicsPerBlock: 1,
  functions: {
    check: { ...AT_A_BLOCK, seconds: 0.05 },
    connect: { ...AT_A_BLOCK, seconds: 0.1 },
    mempool: NEVER,
    "mempool-follow": { ...AT_A_BLOCK, seconds: 0.05 },
    "index-follow": { ...AT_A_BLOCK, seconds: 0.1 },
    rpc: { perBlock: 0, perMinute: WATCHERS, seconds: 0.05 },
    "rpc-events": NEVER,
    watch: { perBlock: 0, perMinute: 1, seconds: 0.3 },
    "stake-sign": NEVER,
  } satisfies Readonly<Record<FunctionName, Runs>>,
  /** What a city that watches the fleet does besides. */
  watcher: {
    /** `fleet.json`, where nothing changes but heights. */
    putsPerMinute: 0.2,
    /** All cities are asked at once; the farthest answers last. */
    seconds: 0.7,
  },
  /** Gigabytes an hour through a load balancer: 200 MB a day are given away, and no more is taken. */
  balancerGbPerHour: 0.02,
  /** Names of the metrics that handlers write, by city alone. */
  metrics: METRICS,
  /** Twice what handlers write at blocks and minutes: the rest is for peers that come and go. */
  logGb: 0.1,
  imageGb: 0.5,
  /** Requests that come by the edge: each watcher asks each city. */
  edgePerMinute: WATCHERS * CITIES.length,
} as const;
