import type { FunctionName } from "#regions/city-names.ts";

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

const AT_A_BLOCK = { perBlock: 1, perMinute: 0 } as const;
const NEVER = { perBlock: 0, perMinute: 0, seconds: 0 } as const;

/**
 * How often an idle city uses what its templates make: near-empty blocks, no callers. The metered
 * tests hold the counts of requests; the durations are those of the benches, rounded up.
 * @source cloud.md 3.4, 13
 */
export const IDLE_USAGE = {
  dynamo: {
    /** All that a near-empty block writes, index and cursors included; the bar is 38. */
    writesPerBlock: 36,
    /** Heartbeats of `ingest` and `watch`. */
    writesPerMinute: 2,
    /** Six tips of 5 units, and the headers, coins, body and cursors that six readers look at. */
    readsPerBlock: 68,
    /** `NOW` every five seconds, and what the tick looks at. */
    readsPerMinute: 20,
    /** Of all tables together, with two million coins. */
    gb: 3.5,
  },
  s3: { gb: 4, putsPerBlock: 0.02, getsPerBlock: 0.1 },
  queues: {
    /** An idle mapping polls five times at once, each poll for 20 s. */
    pollsOfMapping: 5,
    pollSeconds: 20,
    /** Send, receive and delete of one hint to each of them. */
    requestsPerBlock: { blocks: 3, connect: 3, transactions: 0, announce: 3 },
  },
  /**
   * Runs of the task that publishes the city's set: on every odd day. Measured are 235 µs for each header
   * and 107 µs for each coin, read and written: twenty minutes of four million blocks, and then the way
   * to the bucket and back.
   */
  sets: { runs: 15.5, hours: 0.5 },
  topicsPerBlock: 1,
  functions: {
    check: { ...AT_A_BLOCK, seconds: 0.1 },
    connect: { ...AT_A_BLOCK, seconds: 0.15 },
    mempool: NEVER,
    "mempool-follow": { ...AT_A_BLOCK, seconds: 0.1 },
    "index-follow": { ...AT_A_BLOCK, seconds: 0.1 },
    rpc: NEVER,
    "rpc-events": NEVER,
    watch: { perBlock: 0, perMinute: 1, seconds: 0.2 },
    "stake-sign": NEVER,
  } satisfies Readonly<Record<FunctionName, Runs>>,
  /** Names of the metrics that handlers write, by city alone. */
  metrics: ["TipHeight", "TipAgeSeconds", "Peers", "ConnectMs"],
  logGb: 0.3,
  imageGb: 0.5,
  /** Requests of the edge that a firewall looks at, in the whole fleet. */
  edgeMillions: 0.5,
} as const;
