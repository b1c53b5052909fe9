import { lookup } from "node:dns/promises";
import { setImmediate } from "node:timers/promises";
import { composeArrivals } from "#services/validate/compose-arrivals.ts";
import { createAwsBlockStore } from "#shared/adapters/aws/aws-block-store.ts";
import {
  createDynamoClient,
  createS3Client,
  createSqsClient,
} from "#shared/adapters/aws/aws-clients.ts";
import { createAwsSegments } from "#shared/adapters/aws/aws-segments.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createDynamoHeaderStore } from "#shared/adapters/aws/dynamo-header-store.ts";
import { createDynamoHeartbeats } from "#shared/adapters/aws/dynamo-heartbeats.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createDynamoTipNotice } from "#shared/adapters/aws/dynamo-tip-notice.ts";
import { createEmbeddedMetrics } from "#shared/adapters/aws/embedded-metrics.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3SavedState } from "#shared/adapters/aws/s3-saved-state.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createSqsWorkSource } from "#shared/adapters/aws/sqs-work-source.ts";
import { openSavedAddressBook } from "#shared/adapters/embedded/disk-address-book.ts";
import { openSavedBanList } from "#shared/adapters/embedded/disk-ban-list.ts";
import { netFaultOf } from "#shared/adapters/embedded/net-fault-of.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { Network } from "#shared/consensus/params.ts";
import { type AnnounceHint, readAnnounceHint } from "#shared/messages/queue-hints.ts";
import type { Log } from "#shared/ports/log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { toHex } from "#shared/primitives/hex.ts";
import type { CityPorts } from "./city/open-city-ingest.ts";
import { packSegments } from "./pack-segments.ts";

/** The variables that this service is given. */
export const WANTED = [
  "EXOS_CITY",
  "EXOS_NETWORK",
  "EXOS_TABLE_CHAIN",
  "EXOS_TABLE_COINS",
  "EXOS_TABLE_POOL",
  "EXOS_BUCKET_CHAIN",
  "EXOS_QUEUE_BLOCKS",
  "EXOS_QUEUE_TRANSACTIONS",
  "EXOS_QUEUE_ANNOUNCE",
] as const;

/** Where a task of a city writes its lines. */
export interface TaskOutput {
  readonly log: Log;
  /** Takes one line with its end. */
  readonly write: (line: string) => void;
}

/** A poll waits for 20 s; its answer may take a while longer. @source cloud.md 2 */
const POLL_MS = 25_000;
/** A hint that could not be followed comes again soon, not only after the queue's 30 s. */
const RETRY_SECONDS = 5;
const OWNER_BYTES = 8;

/**
 * The peer process of a city on AWS: the only place where it reads its environment or builds a
 * client.
 *
 * @throws StoreFault `EXOS-E8101` for a name that is missing; others when the first reads fail
 */
export async function composeAws(
  environment: Readonly<Record<string, string | undefined>>,
  { log, write }: TaskOutput,
): Promise<CityPorts> {
  const names = readCityEnvironment(environment, WANTED);
  const network = networkOf(names.EXOS_NETWORK);
  const clock = createSystemClock();
  const entropy = createSystemEntropy();
  const dynamo = createDynamoClient();
  const s3 = createS3Client();
  const sqs = createSqsClient();
  const chain = createDynamoTable({ client: dynamo, table: names.EXOS_TABLE_CHAIN });
  const pool = createDynamoTable({ client: dynamo, table: names.EXOS_TABLE_POOL });
  const objects = createS3Objects({ client: s3, bucket: names.EXOS_BUCKET_CHAIN });
  const packed = createPackedBlocks({ chain, objects });
  const stores = {
    blocks: createAwsBlockStore({ chain, objects, packed }),
    headers: createDynamoHeaderStore({ chain, packed, clock }),
    coins: createDynamoCoinStore({
      client: dynamo,
      tables: { chain: names.EXOS_TABLE_CHAIN, coins: names.EXOS_TABLE_COINS },
      dialect: network.consensus.dialect,
      clock,
      entropy,
    }),
  };
  const policy = { checkpoints: "assert", assumes: () => false } as const;
  const judging = { ...stores, network, clock, policy };
  const known = await openKnown({ network, clock, entropy, log }, (name) =>
    createS3SavedState({ client: s3, bucket: names.EXOS_BUCKET_CHAIN, name }),
  );
  const leases = createDynamoLeases(chain);
  const owner = `${names.EXOS_CITY}-${toHex(entropy.bytes(OWNER_BYTES))}`;
  const segments = createAwsSegments({ chain, objects, blocks: stores.blocks });
  const { dialect } = network.consensus;
  return {
    ...stores,
    ...known,
    ...{ network, clock, entropy, log },
    metrics: createEmbeddedMetrics({ city: names.EXOS_CITY, write, wallMs: Date.now }),
    checkpoints: policy.checkpoints,
    pause: () => setImmediate(),
    transport: createTcpTransport(),
    resolve,
    adjustTime: (seconds) => clock.adjust(seconds),
    pool: createDynamoPool({ table: pool }),
    raw: createDynamoRawTransactions({ table: pool, clock }),
    notice: createDynamoTipNotice(chain),
    heartbeats: createDynamoHeartbeats(chain),
    queues: {
      blocks: createSqsWorkQueue({ client: sqs, queueUrl: names.EXOS_QUEUE_BLOCKS }),
      transactions: createSqsWorkQueue({ client: sqs, queueUrl: names.EXOS_QUEUE_TRANSACTIONS }),
    },
    announce: createSqsWorkSource<AnnounceHint>({
      client: createSqsClient({}, POLL_MS),
      queueUrl: names.EXOS_QUEUE_ANNOUNCE,
      read: readAnnounceHint,
      log,
      clock,
      concurrency: 1,
      retrySeconds: RETRY_SECONDS,
    }),
    arrivals: (held) => composeArrivals({ ...judging, ...held }),
    pack: (held, signal) =>
      packSegments(
        { ...stores, ...held, segments, leases, clock, log: log.module("pack"), dialect, owner },
        signal,
      ),
  };
}

function networkOf(name: string): Network {
  const network = NETWORKS[name];
  if (network !== undefined) return network;
  throw new StoreFault(`EXOS_NETWORK: there is no network "${name}".`, {
    retryable: false,
    code: "EXOS-E8101",
  });
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
