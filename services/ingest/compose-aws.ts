import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { runCityStake } from "#services/stake/compose-city.ts";
import { composeArrivals } from "#services/validate/compose-arrivals.ts";
import { composeMempool } from "#services/validate/compose-mempool.ts";
import {
  clientSettings,
  createDynamoClient,
  createSnsClient,
} from "#shared/adapters/aws/aws-clients.ts";
import { createAwsSegments } from "#shared/adapters/aws/aws-segments.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createCoinImport } from "#shared/adapters/aws/coin-import.ts";
import type { SortItems } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createEmbeddedMetrics } from "#shared/adapters/aws/embedded-metrics.ts";
import { forgetChain } from "#shared/adapters/aws/forget-chain.ts";
import { clearImportFiles } from "#shared/adapters/aws/import-files.ts";
import { openIndexImport } from "#shared/adapters/aws/index-import.ts";
import { createLambdaSigner } from "#shared/adapters/aws/lambda-signer.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import { openAddressIndex } from "#shared/adapters/aws/open-address-index.ts";
import {
  CHAIN_VARIABLES,
  type ChainStores,
  openChainStores,
} from "#shared/adapters/aws/open-chain-stores.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3RichList } from "#shared/adapters/aws/s3-rich-list.ts";
import { createS3SavedState } from "#shared/adapters/aws/s3-saved-state.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { createSnsTopic } from "#shared/adapters/aws/sns-topic.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createSqsWorkSource } from "#shared/adapters/aws/sqs-work-source.ts";
import { openSavedAddressBook } from "#shared/adapters/embedded/disk-address-book.ts";
import { openSavedBanList } from "#shared/adapters/embedded/disk-ban-list.ts";
import { openDiskOutputs } from "#shared/adapters/embedded/disk-outputs.ts";
import { createInlineScripts } from "#shared/adapters/embedded/inline-scripts.ts";
import { netFaultOf } from "#shared/adapters/embedded/net-fault-of.ts";
import { sortedItems } from "#shared/adapters/embedded/sorted-items.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import { cityPolicy } from "#shared/consensus/policy/pool-policy.ts";
import { type AnnounceHint, readAnnounceHint } from "#shared/messages/queue-hints.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Pool } from "#shared/ports/pool.ts";
import type { RichList } from "#shared/ports/rich-list.ts";
import type { Traces } from "#shared/ports/traces.ts";
import { toHex } from "#shared/primitives/hex.ts";
import type { CityPorts, CityToStake } from "./city/open-city-ingest.ts";
import { GENESIS } from "./city/task-arguments.ts";
import type { DownloadOptions, SnapshotSource } from "./compose-load.ts";
import type { LoadDeps } from "./load/run-load.ts";
import { packSegments } from "./pack-segments.ts";

const CITY = ["EXOS_ENVIRONMENT", "EXOS_CITY", "EXOS_NETWORK", ...CHAIN_VARIABLES] as const;

/** The variables that the peer process is given. */
export const WANTED = [
  ...CITY,
  "EXOS_TABLE_POOL",
  "EXOS_QUEUE_BLOCKS",
  "EXOS_QUEUE_TRANSACTIONS",
  "EXOS_QUEUE_ANNOUNCE",
] as const;

/** Both or none: the city stakes. */
export const WANTED_WITH_STAKE = ["EXOS_FUNCTION_SIGN", "EXOS_TABLE_INDEX"] as const;

/** The variables that the loading task is given. */
export const WANTED_LOAD = [...CITY, "EXOS_TABLE_INDEX", "EXOS_TOPIC_FOLLOW"] as const;

/** Where a task of a city writes its lines. */
export interface TaskOutput {
  readonly log: Log;
  /** Takes one line with its end. */
  readonly write: (line: string) => void;
  /** `undefined` where nothing is traced. */
  readonly traces?: Traces | undefined;
}

/** A poll waits for 20 s; its answer may take a while longer. @source cloud.md 2 */
const POLL_MS = 25_000;
/** A hint that could not be followed comes again soon, not only after the queue's 30 s. */
const RETRY_SECONDS = 5;
const OWNER_BYTES = 8;
/** The signer has 10 s for a template, and a moment to start. @source cloud.md 7.1 */
const SIGN_MS = 12_000;

/**
 * The peer process of a city on AWS: the only place where it reads its environment or builds a
 * client.
 *
 * @throws StoreFault `EXOS-E8101` for a name that is missing; others when the first reads fail
 */
export async function composeAws(
  environment: Readonly<Record<string, string | undefined>>,
  { log, write, traces }: TaskOutput,
): Promise<CityPorts> {
  const names = readCityEnvironment(environment, WANTED);
  const city = openCity(names, { traces });
  const { stores, network, clock, entropy, clients, leases, owner, segments } = city;
  const { chain: _, objects, ...ports } = stores;
  // It is looked at every five seconds: what one look misses the next one sees.
  const { notice } = openChainStores(names, { clients, network, clock, entropy, reads: "lagging" });
  // What peers say of the time is for blocks: what is kept for a while is kept by the machine's own.
  const wall = createSystemClock();
  const sqs = createSqsClient({}, { traces });
  const pool = createDynamoTable({ client: clients.dynamo, table: names.EXOS_TABLE_POOL });
  const policy = { checkpoints: "assert", assumes: () => false } as const;
  const known = await openKnown({ network, clock, entropy, log }, (name) =>
    createS3SavedState({ client: clients.s3, bucket: objects.bucket, name }),
  );
  const { dialect } = network.consensus;
  const kept = createDynamoPool({ table: pool });
  const metrics = createEmbeddedMetrics({ city: names.EXOS_CITY, write, wallMs: Date.now });
  return {
    ...ports,
    ...known,
    ...{ network, clock, wall, entropy, log, notice },
    metrics,
    checkpoints: policy.checkpoints,
    pause: () => setImmediate(),
    transport: createTcpTransport(),
    resolve,
    adjustTime: (seconds) => clock.adjust(seconds),
    pool: kept,
    raw: createDynamoRawTransactions({ table: pool, clock: wall }),
    queues: {
      blocks: createSqsWorkQueue({ client: sqs, queueUrl: names.EXOS_QUEUE_BLOCKS }),
      transactions: createSqsWorkQueue({ client: sqs, queueUrl: names.EXOS_QUEUE_TRANSACTIONS }),
    },
    announce: createSqsWorkSource<AnnounceHint>({
      client: createSqsClient({}, { requestMs: POLL_MS, traces }),
      queueUrl: names.EXOS_QUEUE_ANNOUNCE,
      read: readAnnounceHint,
      log,
      clock,
      concurrency: 1,
      retrySeconds: RETRY_SECONDS,
      traces,
    }),
    arrivals: (held) => composeArrivals({ ...ports, network, clock, policy, ...held }),
    // By the tip as it is: whoever replaces an object may not believe one that is held.
    pack: (signal) =>
      packSegments(
        { ...ports, segments, leases, clock: wall, log: log.module("pack"), dialect, owner },
        signal,
      ),
    stake: openStake(environment, {
      ...city,
      ...{ pool: kept, metrics, log: log.module("stake"), traces },
    }),
  };
}

type StakePorts = Pick<ReturnType<typeof openCity>, "stores" | "network" | "clock" | "entropy"> &
  Pick<ReturnType<typeof openCity>, "clients"> &
  Pick<CityPorts, "metrics" | "log"> & { readonly pool: Pool } & Pick<TaskOutput, "traces">;

/** Stakes in the event loop of this process, in slices of some milliseconds. */
function openStake(
  environment: Readonly<Record<string, string | undefined>>,
  { stores, network, clock, entropy, clients, pool, metrics, log, traces }: StakePorts,
): CityPorts["stake"] {
  if (environment["EXOS_FUNCTION_SIGN"] === undefined) return undefined;
  const names = readCityEnvironment(environment, WANTED_WITH_STAKE);
  const signer = createLambdaSigner({
    client: new LambdaClient(clientSettings(SIGN_MS)),
    functionName: names.EXOS_FUNCTION_SIGN,
    traces,
  });
  const scripts = createInlineScripts(network.consensus);
  const policy = cityPolicy(network);
  // Whoever writes the pool tells of what enters.
  const accepted = { send: async () => undefined };
  const { dynamo } = clients;
  const { wire } = network.consensus;
  return (held, signal) => {
    const { coins, headers, tip, deliver } = held;
    const pause = () => setImmediate();
    const own = { ...stores, network, clock, log, entropy, coins, headers, pause };
    return runCityStake(
      {
        ...{ network, clock, log, metrics, coins, headers, tip, deliver, signer, pool },
        index: openAddressIndex(names.EXOS_TABLE_INDEX, { ...own, dynamo, wire, clock }),
        stored: stores.headers,
        judge: (copy) => composeMempool({ ...own, pool: copy, scripts, policy, accepted }),
        pause,
        surroundings: () => surroundingsOf(held),
      },
      signal,
    );
  };
}

function surroundingsOf({ progress, clockSkewSeconds }: CityToStake) {
  const { phase, peers, etaSeconds } = progress();
  const isBehind = phase === "headers" || phase === "blocks";
  return {
    clockSkewSeconds: -(clockSkewSeconds() ?? 0),
    peers,
    syncing: isBehind ? { phase, etaSeconds } : undefined,
  };
}

/** The stores of a city and who leases what of it, without a request. */
function openCity(
  names: Readonly<Record<(typeof CITY)[number], string>>,
  { traces, ...own }: Pick<TaskOutput, "traces"> & { readonly sort?: SortItems },
) {
  const network = networkOfCity(names.EXOS_NETWORK);
  const clock = createSystemClock();
  const entropy = createSystemEntropy();
  const clients = { dynamo: createDynamoClient({}, traces), s3: createS3Client({}, traces) };
  const stores = openChainStores(names, { clients, network, clock, entropy, ...own });
  const { chain, objects, blocks } = stores;
  return {
    ...{ stores, network, clock, entropy, clients },
    segments: createAwsSegments({ chain, objects, blocks }),
    leases: createDynamoLeases(chain),
    owner: `${names.EXOS_CITY}-${toHex(entropy.bytes(OWNER_BYTES))}`,
  };
}

/** What an operator says of a load. */
interface LoadOrder {
  readonly log: Log;
  readonly refill: boolean;
  /** Bucket of the city whose snapshot it begins with. */
  readonly from: string | undefined;
  /** On the disk of the task. */
  readonly folder: string;
}

/** How what was downloaded comes into the city. */
type LoadWays = Required<Pick<DownloadOptions, "importing">> & {
  readonly source: Omit<SnapshotSource, "trust"> | undefined;
};

/** What the loading task has of its city: all but the chain that it downloads. */
export function composeAwsLoad(
  environment: Readonly<Record<string, string | undefined>>,
  { log, refill, from, folder }: LoadOrder,
): Omit<LoadDeps, "prepare" | "network"> &
  Pick<CityPorts, "network" | "log"> &
  LoadWays & { readonly richList: RichList } {
  const names = readCityEnvironment(environment, WANTED_LOAD);
  const { stores, network, clock, clients, leases, owner, segments } = openCity(names, {
    sort: (items) => sortedItems(items, { folder }),
  });
  const { chain, objects, ...ports } = stores;
  return {
    ...ports,
    ...{ network, clock, leases, owner, segments, log },
    snapshots: createS3Snapshots(objects),
    richList: createS3RichList(objects),
    source: from === undefined || from === GENESIS ? undefined : openSource(from, stores),
    importing: (name) =>
      createCoinImport({
        client: clients.dynamo,
        tables: { chain: names.EXOS_TABLE_CHAIN, coins: names.EXOS_TABLE_COINS },
        objects,
        folder: `snapshots/${name}`,
        clock,
      }),
    index: {
      cursor: () => ports.cursors.get("index"),
      async open(name) {
        const outputs = await openDiskOutputs(join(folder, "outputs"));
        const importing = await openIndexImport({
          client: clients.dynamo,
          tables: { chain: names.EXOS_TABLE_CHAIN, index: names.EXOS_TABLE_INDEX },
          objects,
          folder: `snapshots/${name}`,
          ...{ outputs, clock, wire: network.consensus.wire },
        });
        return { ...importing, [Symbol.asyncDispose]: () => outputs[Symbol.asyncDispose]() };
      },
    },
    follow: createSnsTopic<TipHint>({
      client: createSnsClient(),
      topicArn: names.EXOS_TOPIC_FOLLOW,
    }),
    refill,
    forget: (what) => forgetChain(chain, what),
    clearImports: () => clearImportFiles(objects),
  };
}

/** Another city's bucket, wherever it is; of its chain only the segments are read. */
function openSource(
  bucket: string,
  { chain, blocks }: Pick<ChainStores, "chain" | "blocks">,
): Omit<SnapshotSource, "trust"> {
  const client = createS3Client({ followRegionRedirects: true });
  const objects = createS3Objects({ client, bucket });
  const segments = createAwsSegments({ chain, objects, blocks });
  return { snapshots: createS3Snapshots(objects), segments };
}

type KnownDeps = Pick<CityPorts, "network" | "clock" | "entropy" | "log">;

/** What the process before this one knew of others. */
async function openKnown(
  { network, clock, entropy, log }: KnownDeps,
  stateOf: (name: string) => ReturnType<typeof createS3SavedState>,
): Promise<Pick<CityPorts, "book" | "bans">> {
  const routableOnly = network.kind !== "regtest";
  const setup = { clock, entropy, routableOnly };
  const { book, damaged } = await openSavedAddressBook(stateOf("peers"), setup);
  const opened = await openSavedBanList(stateOf("bans"), clock);
  if (damaged) log.warn("EXOS-E3007", "peers.json could not be understood");
  if (opened.damaged) log.warn("EXOS-E3007", "bans.json could not be understood");
  return { book, bans: opened.bans };
}

async function resolve(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw netFaultOf(cause, `ask ${name}`);
  }
}
