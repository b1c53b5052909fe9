import { setImmediate } from "node:timers/promises";
import { createDynamoClient, createSnsClient } from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createDynamoBlockTries } from "#shared/adapters/aws/dynamo-block-tries.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import {
  createEmbeddedMetrics,
  type EmbeddedMetrics,
} from "#shared/adapters/aws/embedded-metrics.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import {
  CHAIN_VARIABLES,
  type ChainStores,
  openChainStores,
} from "#shared/adapters/aws/open-chain-stores.ts";
import { createSnsOperators } from "#shared/adapters/aws/sns-operators.ts";
import { createSnsTopic } from "#shared/adapters/aws/sns-topic.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { readTraceSettings } from "#shared/adapters/aws/trace-settings.ts";
import { createInlineScripts } from "#shared/adapters/embedded/inline-scripts.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { cityPolicy } from "#shared/consensus/policy/pool-policy.ts";
import { CONNECT_GROUP, type ConnectHint, connectId } from "#shared/messages/queue-hints.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Traces } from "#shared/ports/traces.ts";
import type { CheckDeps } from "./check-block.ts";
import type { ConnectDeps } from "./connect-hinted.ts";
import { JUDGE_EVERYTHING } from "./deps.ts";
import type { PoolFollowDeps } from "./follow-with-pool.ts";
import type { PoolDeps } from "./judge-hinted.ts";

const CITY = ["EXOS_ENVIRONMENT", "EXOS_CITY", "EXOS_NETWORK", ...CHAIN_VARIABLES] as const;
const HINTS = ["EXOS_QUEUE_CONNECT", "EXOS_QUEUE_ANNOUNCE"] as const;
const POOL = [...CITY, "EXOS_TABLE_POOL", "EXOS_QUEUE_ANNOUNCE"] as const;

/** What the environment of each function of this service holds. */
export const WANTED = {
  check: [...CITY, ...HINTS],
  connect: [...CITY, ...HINTS, "EXOS_TOPIC_FOLLOW", "EXOS_TOPIC_ALARMS"],
  mempool: POOL,
  "mempool-follow": POOL,
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

interface Traced {
  /** `undefined` where nothing is traced. */
  readonly traces: Traces | undefined;
}

/** What every function has: its chain, its log, and who counts for it. */
function openCity(
  env: Readonly<Record<(typeof CITY)[number], string>>,
  service: string,
  environment: Environment,
) {
  const network = networkOfCity(env.EXOS_NETWORK);
  const clock = createSystemClock();
  const entropy = createSystemEntropy();
  const city = env.EXOS_CITY;
  const write = (line: string) => void process.stdout.write(line);
  const log = createStreamLog({
    write,
    form: "json",
    level: "info",
    constant: { service, city },
  });
  const traces = createLateTraces(readTraceSettings(environment, service), { clock, log });
  const clients = { dynamo: createDynamoClient({}, traces), traces };
  return {
    ...openChainStores(env, { clients, network, clock, entropy }),
    ...{ network, clock, entropy, log, traces, clients },
    policy: JUDGE_EVERYTHING,
    scripts: createInlineScripts(network.consensus),
    metrics: createEmbeddedMetrics({ city, write, wallMs: Date.now }),
  };
}

function openHints(env: Readonly<Record<(typeof HINTS)[number], string>>, { traces }: Traced) {
  const client = createSqsClient({}, { traces });
  const clock = createSystemClock();
  return {
    connect: createSqsWorkQueue<ConnectHint>({
      client,
      queueUrl: env.EXOS_QUEUE_CONNECT,
      group: CONNECT_GROUP,
      idOf: (hint) => connectId(hint, clock.now()),
    }),
    announce: createSqsWorkQueue<object>({ client, queueUrl: env.EXOS_QUEUE_ANNOUNCE }),
  };
}

/** What judges a stored block alone. @throws StoreFault `EXOS-E8101` that names what is missing */
export function composeCheck(environment: Environment): CheckDeps & Traced {
  const env = readCityEnvironment(environment, WANTED.check);
  const city = openCity(env, "check", environment);
  return { ...city, ...openHints(env, city), headers: readAfterTip(city) };
}

/**
 * Headers that are read once the tip was: that is where a chain of another network is refused, and
 * whoever judges a block alone looks at no tip otherwise. Once in a process, as soon as there is one.
 */
function readAfterTip({ coins, headers }: Pick<ChainStores, "coins" | "headers">): HeaderStore {
  let isRead = false;
  return {
    ...headers,
    async get(hash) {
      if (!isRead) isRead = (await coins.tip()) !== undefined;
      return headers.get(hash);
    },
  };
}

/** What connects blocks. @throws StoreFault `EXOS-E8101` that names what is missing */
export function composeConnect(
  environment: Environment,
): ConnectDeps & Traced & { readonly metrics: EmbeddedMetrics } {
  const env = readCityEnvironment(environment, WANTED.connect);
  const city = openCity(env, "connect", environment);
  const { connect, announce } = openHints(env, city);
  const client = createSnsClient({}, city.traces);
  return {
    ...city,
    connect,
    follow: createSnsTopic<TipHint>({ client, topicArn: env.EXOS_TOPIC_FOLLOW }),
    shared: {
      tries: createDynamoBlockTries(city.chain),
      leases: createDynamoLeases(city.chain),
      heartbeats: city.heartbeats,
      notice: city.notice,
      announce,
      operators: createSnsOperators({
        client,
        topicArn: env.EXOS_TOPIC_ALARMS,
        city: env.EXOS_CITY,
      }),
    },
    pause: () => setImmediate(),
  };
}

/** What keeps the pool. @throws StoreFault `EXOS-E8101` that names what is missing */
export function composePool(
  environment: Environment,
  service: "mempool" | "mempool-follow",
): PoolDeps & PoolFollowDeps & Traced {
  const env = readCityEnvironment(environment, WANTED[service]);
  const city = openCity(env, service, environment);
  const table = createDynamoTable({ client: city.clients.dynamo, table: env.EXOS_TABLE_POOL });
  const announce = createSqsWorkQueue<object>({
    client: createSqsClient({}, city),
    queueUrl: env.EXOS_QUEUE_ANNOUNCE,
  });
  return {
    ...city,
    policy: cityPolicy(city.network),
    pool: createDynamoPool({ table }),
    raw: createDynamoRawTransactions({ table, clock: city.clock }),
    accepted: announce,
    announce,
    pause: () => setImmediate(),
  };
}
