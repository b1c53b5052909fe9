import { holdTip } from "#services/rpc/city/hold-tip.ts";
import { openCity } from "#services/rpc/city/open-city.ts";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { composeArrivals } from "#services/validate/compose-arrivals.ts";
import { composeMempool } from "#services/validate/compose-mempool.ts";
import {
  callerOf,
  createDynamoClient,
  createS3Client,
  createSqsClient,
} from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import { openAddressIndex } from "#shared/adapters/aws/open-address-index.ts";
import { CHAIN_VARIABLES, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import type { AwsCaller } from "#shared/adapters/aws/signed-request.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createSsmSecrets } from "#shared/adapters/aws/ssm-secrets.ts";
import { createInlineScripts } from "#shared/adapters/embedded/inline-scripts.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import type { TransactionHint } from "#shared/messages/transaction-hint.ts";
import type { Secrets } from "#shared/ports/secrets.ts";

/** What the environment of this function holds. */
export const WANTED = [
  "EXOS_ENVIRONMENT",
  "EXOS_CITY",
  "EXOS_NETWORK",
  ...CHAIN_VARIABLES,
  "EXOS_TABLE_POOL",
  "EXOS_TABLE_INDEX",
  "EXOS_QUEUE_BLOCKS",
  "EXOS_QUEUE_TRANSACTIONS",
  "EXOS_SECRETS",
  "EXOS_RELEASE",
] as const;

/**
 * The API of one city over its tables, bucket and queues. Builds every client and asks for nothing:
 * the first request does.
 *
 * @throws StoreFault `EXOS-E8101` that names what is missing or wrong in the environment
 */
export function composeAws(environment: Readonly<Record<string, string | undefined>>): RpcDeps {
  const env = readCityEnvironment(environment, WANTED);
  const network = networkOfCity(env.EXOS_NETWORK);
  const { wire } = network.consensus;
  const clock = createSystemClock();
  const entropy = createSystemEntropy();
  const dynamo = createDynamoClient();
  const ssmEndpoint = environment["AWS_ENDPOINT_URL_SSM"] ?? environment["AWS_ENDPOINT_URL"];
  const clients = { dynamo, s3: createS3Client() };
  const chain = openChainStores(env, { clients, network, clock, entropy });
  const coins = holdTip(chain.coins, { notice: chain.notice, clock });
  const log = createStreamLog({
    write: (line) => process.stdout.write(line),
    form: "json",
    level: "info",
    constant: { service: "rpc", city: env.EXOS_CITY },
  });
  const stores = { ...chain, coins };
  const pool = createDynamoTable({ client: dynamo, table: env.EXOS_TABLE_POOL });
  const judged = { ...stores, network, clock, log, entropy };
  const arrivals = composeArrivals({ ...judged, policy: JUDGED });
  const ports = {
    ...judged,
    index: openAddressIndex(env.EXOS_TABLE_INDEX, { ...stores, dynamo, wire }),
    pool: createDynamoPool({ table: pool }),
    raw: createDynamoRawTransactions({ table: pool, clock }),
    hints: openHints(env),
    secrets: openSecrets(env, callerOf(dynamo, ssmEndpoint)),
    store: arrivals.store,
    judge: judgeOf(judged),
    metrics: createPrometheusMetrics(),
  };
  return openCity(ports, { city: env.EXOS_CITY, network, version: env.EXOS_RELEASE });
}

/** No short cut: checkpoints are asserted, and nothing is vouched for. */
const JUDGED = { checkpoints: "assert", assumes: () => false } as const;

type Judged = Omit<
  Parameters<typeof composeMempool>[0],
  "policy" | "pool" | "accepted" | "scripts"
>;

function judgeOf(deps: Judged): Parameters<typeof openCity>[0]["judge"] {
  const scripts = createInlineScripts(deps.network.consensus);
  const policy = defaultPolicy(deps.network);
  // Whoever writes the pool tells of what enters.
  const accepted = { send: async () => undefined };
  return (pool) => composeMempool({ ...deps, pool, scripts, policy, accepted });
}

function openHints(env: Record<"EXOS_QUEUE_BLOCKS" | "EXOS_QUEUE_TRANSACTIONS", string>) {
  const client = createSqsClient();
  return {
    blocks: createSqsWorkQueue<BlockHint>({ client, queueUrl: env.EXOS_QUEUE_BLOCKS }),
    transactions: createSqsWorkQueue<TransactionHint>({
      client,
      queueUrl: env.EXOS_QUEUE_TRANSACTIONS,
    }),
  };
}

/** The keys of the edge's stamps. A local city has no edge, and its door stands open. */
function openSecrets(
  env: Record<"EXOS_ENVIRONMENT" | "EXOS_SECRETS", string>,
  caller: AwsCaller,
): Secrets | undefined {
  if (env.EXOS_ENVIRONMENT === "local") return undefined;
  return createSsmSecrets({ caller, path: env.EXOS_SECRETS });
}
