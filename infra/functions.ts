import type { CityNames, FunctionName } from "#regions/city-names.ts";

/** How a function is started. */
export type Trigger =
  | {
      readonly kind: "queue";
      readonly queue: keyof CityNames["queues"];
      readonly batchSize: number;
      /** Runs at once; a FIFO queue has one message group, so one run, by itself. */
      readonly concurrencyMax?: number;
    }
  | { readonly kind: "topic" }
  | { readonly kind: "url" }
  | { readonly kind: "schedule" }
  | { readonly kind: "invoke" };

/** One function of a city. */
export interface FunctionShape {
  /** Its door, from the root of the project; `npm run bundle` makes a module of it. */
  readonly door: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** A ceiling on money, or one run at a time. */
  readonly reserved?: number;
  readonly trigger: Trigger;
  /** Names of the environment that its composition root reads. */
  readonly environment: readonly string[];
  /** Names that it reads where the city has them: its place in the fleet, where its traces may go. */
  readonly optional?: readonly string[];
}

const CITY = ["EXOS_ENVIRONMENT", "EXOS_CITY", "EXOS_NETWORK"] as const;
const CHAIN = [...CITY, "EXOS_TABLE_CHAIN", "EXOS_TABLE_COINS", "EXOS_BUCKET_CHAIN"] as const;
const POOL = [...CHAIN, "EXOS_TABLE_POOL"] as const;
const HINTS = ["EXOS_QUEUE_CONNECT", "EXOS_QUEUE_ANNOUNCE"] as const;
/**
 * Of a city that is traced. What streams is not: a span of ten minutes, and one of every look at the
 * tip, say nothing of anybody's work. Nor is what loads: one span of hours, of more calls than a
 * collector takes.
 */
const TRACES = ["EXOS_TRACES", "EXOS_TRACES_PERCENT"] as const;
const ARRIVALS = ["EXOS_QUEUE_BLOCKS", "EXOS_QUEUE_TRANSACTIONS"] as const;

/** Every function of a city. @source cloud.md 7.1 */
export const FUNCTION_SHAPES: Readonly<Record<FunctionName, FunctionShape>> = {
  check: {
    door: "services/validate/check.lambda.ts",
    memoryMb: 1024,
    timeoutSeconds: 30,
    trigger: { kind: "queue", queue: "blocks", batchSize: 10, concurrencyMax: 10 },
    environment: [...CHAIN, ...HINTS],
    optional: TRACES,
  },
  connect: {
    door: "services/validate/connect.lambda.ts",
    // One whole vCPU.
    memoryMb: 1769,
    timeoutSeconds: 60,
    trigger: { kind: "queue", queue: "connect", batchSize: 10 },
    environment: [...CHAIN, ...HINTS, "EXOS_TOPIC_FOLLOW", "EXOS_TOPIC_ALARMS"],
    optional: TRACES,
  },
  mempool: {
    door: "services/validate/mempool.lambda.ts",
    memoryMb: 512,
    timeoutSeconds: 20,
    trigger: { kind: "queue", queue: "transactions", batchSize: 10, concurrencyMax: 5 },
    environment: [...POOL, "EXOS_QUEUE_ANNOUNCE"],
    optional: TRACES,
  },
  "mempool-follow": {
    door: "services/validate/mempool-follow.lambda.ts",
    memoryMb: 512,
    timeoutSeconds: 60,
    trigger: { kind: "topic" },
    environment: [...POOL, "EXOS_QUEUE_ANNOUNCE"],
    optional: TRACES,
  },
  "index-follow": {
    door: "services/index/follow.lambda.ts",
    memoryMb: 512,
    timeoutSeconds: 60,
    reserved: 2,
    trigger: { kind: "topic" },
    environment: [...CHAIN, "EXOS_TABLE_INDEX"],
    optional: TRACES,
  },
  rpc: {
    door: "services/rpc/lambda.ts",
    memoryMb: 512,
    timeoutSeconds: 30,
    reserved: 50,
    trigger: { kind: "url" },
    environment: [...POOL, "EXOS_TABLE_INDEX", ...ARRIVALS, "EXOS_SECRETS", "EXOS_RELEASE"],
    optional: ["EXOS_ANSWERS", ...TRACES],
  },
  "rpc-events": {
    door: "services/rpc/events.lambda.ts",
    memoryMb: 128,
    timeoutSeconds: 610,
    // Eight that hold a stream, and two that tell whoever else asks the tip once.
    reserved: 10,
    trigger: { kind: "url" },
    environment: ["EXOS_ENVIRONMENT", "EXOS_CITY", "EXOS_TABLE_CHAIN", "EXOS_SECRETS"],
    optional: ["EXOS_ANSWERS"],
  },
  watch: {
    door: "services/ingest/watch.lambda.ts",
    memoryMb: 256,
    timeoutSeconds: 30,
    reserved: 1,
    trigger: { kind: "schedule" },
    environment: [
      ...CHAIN,
      "EXOS_QUEUE_CONNECT",
      "EXOS_QUEUE_DEAD",
      "EXOS_QUEUE_DEAD_FIFO",
      "EXOS_TOPIC_FOLLOW",
      "EXOS_TOPIC_ALARMS",
    ],
    optional: [
      ...TRACES,
      "EXOS_SERVICE_INGEST",
      "EXOS_SERVICE_REPLAY",
      "EXOS_SEED_ZONE",
      "EXOS_SEED_NAME",
      "EXOS_SEED_ADDRESSES",
      "EXOS_FLEET_CITIES",
      "EXOS_FLEET_ORIGIN",
      "EXOS_EDGE_STORE",
      "EXOS_BUCKET_WEB",
    ],
  },
  "stake-sign": {
    door: "services/stake/sign.lambda.ts",
    memoryMb: 256,
    timeoutSeconds: 10,
    reserved: 1,
    trigger: { kind: "invoke" },
    environment: [...CHAIN, "EXOS_KEY_STAKE"],
    optional: ["EXOS_SWEEP_ADDRESS", ...TRACES],
  },
};

/** How the container runs: as the peer process, or, on request, as the loader. */
export type ContainerHandler = "ingest" | "load";

/** One way to run the container. */
export interface TaskShape {
  /** After the entry point, which is Node. */
  readonly command: readonly string[];
  /** 1,024 to a vCPU. */
  readonly cpu: number;
  readonly memoryMb: number;
  /** Disk beyond the 20 GiB that every task has. */
  readonly diskGib?: number;
  readonly environment: readonly string[];
  /** What it is given besides in cities that stake. */
  readonly staking?: readonly string[];
  /** What it reads where the city has it. */
  readonly optional?: readonly string[];
}

/**
 * What publishing the set of a city takes: one process of one thread, which holds a million owners or
 * the hashes of a chain of four million blocks.
 */
export const SET_SHAPE = { cpu: 1024, memoryMb: 4096 } as const;

/** Both ways. @source cloud.md 1, 7.2 */
export const TASK_SHAPES: Readonly<Record<ContainerHandler, TaskShape>> = {
  ingest: {
    command: ["--max-old-space-size=320", "services/ingest/main.ts", "ingest"],
    cpu: 256,
    memoryMb: 512,
    environment: [...POOL, ...ARRIVALS, "EXOS_QUEUE_ANNOUNCE"],
    staking: ["EXOS_FUNCTION_SIGN", "EXOS_TABLE_INDEX"],
    optional: TRACES,
  },
  load: {
    command: ["services/ingest/main.ts", "load"],
    cpu: 2048,
    memoryMb: 8192,
    diskGib: 60,
    environment: [...CHAIN, "EXOS_TABLE_INDEX", "EXOS_TOPIC_FOLLOW"],
  },
};
