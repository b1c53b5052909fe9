import { holdTip } from "#services/rpc/city/hold-tip.ts";
import { holdTipHeader } from "#services/rpc/city/hold-tip-header.ts";
import { type CityPorts, openCity } from "#services/rpc/city/open-city.ts";
import type { composeHints } from "#services/rpc/compose-hints.ts";
import type { composeJudges } from "#services/rpc/compose-judges.ts";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { callerOf, createDynamoClient } from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable, type DynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import { openAddressIndex } from "#shared/adapters/aws/open-address-index.ts";
import { CHAIN_VARIABLES, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createS3RichList } from "#shared/adapters/aws/s3-rich-list.ts";
import { readSegmentItem, segmentKey } from "#shared/adapters/aws/segment-items.ts";
import type { AwsCaller } from "#shared/adapters/aws/signed-request.ts";
import { createSsmSecrets } from "#shared/adapters/aws/ssm-secrets.ts";
import { readTraceSettings } from "#shared/adapters/aws/trace-settings.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Secrets } from "#shared/ports/secrets.ts";
import { lazy } from "#shared/primitives/lazy.ts";

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
  const log = createStreamLog({
    write: (line) => process.stdout.write(line),
    form: "json",
    level: "info",
    constant: { service: "rpc", city: env.EXOS_CITY },
  });
  const traces = createLateTraces(readTraceSettings(environment, "rpc"), { clock, log });
  const dynamo = createDynamoClient({}, traces);
  const ssmEndpoint = environment["AWS_ENDPOINT_URL_SSM"] ?? environment["AWS_ENDPOINT_URL"];
  const clients = { dynamo, traces };
  const chain = openChainStores(env, { clients, network, clock, entropy });
  // What these tell may be a minute old anyway, and an older cursor of the index is never wrong.
  const told = openChainStores(env, { clients, network, clock, entropy, reads: "lagging" });
  const { heartbeats, generations, cursors } = told;
  const coins = holdTip(chain.coins, { notice: chain.notice, clock });
  const headers = { ...chain.headers, leaves: told.headers.leaves };
  const stores = { ...chain, coins, headers, heartbeats, generations, cursors };
  const pool = createDynamoTable({ client: dynamo, table: env.EXOS_TABLE_POOL });
  const judged = { ...stores, network, clock, log, entropy };
  const ports = {
    ...judged,
    headers: holdTipHeader(headers, coins),
    index: openAddressIndex(env.EXOS_TABLE_INDEX, { ...stores, dynamo, wire, clock }),
    richList: createS3RichList(chain.objects),
    pool: createDynamoPool({ table: pool }),
    raw: createDynamoRawTransactions({ table: pool, clock }),
    hints: openHints(env, traces),
    segments: segmentNotes(chain.chain),
    secrets: openSecrets(env, callerOf(dynamo, ssmEndpoint)),
    ...openJudges(judged),
    metrics: createPrometheusMetrics(),
    traces,
  };
  return openCity(ports, { city: env.EXOS_CITY, network, version: env.EXOS_RELEASE });
}

/** Loaded by whoever hands something in, or asks for the pool. */
function openJudges(deps: Parameters<typeof composeJudges>[0]): Pick<CityPorts, "store" | "judge"> {
  const judges = lazy(async () => {
    const { composeJudges } = await import("#services/rpc/compose-judges.ts");
    return composeJudges(deps);
  });
  return {
    store: async (block) => (await judges()).store(block),
    judge: async (pool) => (await judges()).judge(pool),
  };
}

/** Loaded by the first that is sent. */
function openHints(...given: Parameters<typeof composeHints>): CityPorts["hints"] {
  const hints = lazy(async () => {
    const { composeHints } = await import("#services/rpc/compose-hints.ts");
    return composeHints(...given);
  });
  return {
    blocks: { send: async (hint, group) => (await hints()).blocks.send(hint, group) },
    transactions: { send: async (hint, group) => (await hints()).transactions.send(hint, group) },
  };
}

/** What is noted of segments, of which nothing else is read here. */
function segmentNotes(chain: Pick<DynamoTable, "get">): CityPorts["segments"] {
  return {
    async info(index) {
      const item = await chain.get(segmentKey(index));
      return item && readSegmentItem(item);
    },
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
