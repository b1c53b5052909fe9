import { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { ECSClient } from "@aws-sdk/client-ecs";
import { Route53Client } from "@aws-sdk/client-route-53";
import {
  callerOf,
  clientSettings,
  createDynamoClient,
  createSnsClient,
} from "#shared/adapters/aws/aws-clients.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { ec2PublicAddress } from "#shared/adapters/aws/ec2-public-address.ts";
import { createEcsPeerTask } from "#shared/adapters/aws/ecs-peer-task.ts";
import { createEcsReplayTask } from "#shared/adapters/aws/ecs-replay-task.ts";
import { createEdgeFleetBoard } from "#shared/adapters/aws/edge-fleet-board.ts";
import { createEmbeddedMetrics } from "#shared/adapters/aws/embedded-metrics.ts";
import { createHttpCityAsker } from "#shared/adapters/aws/http-city-asker.ts";
import { networkOfCity } from "#shared/adapters/aws/network-of-city.ts";
import {
  CHAIN_VARIABLES,
  type ChainStores,
  openChainStores,
} from "#shared/adapters/aws/open-chain-stores.ts";
import { createRoute53SeedRecord } from "#shared/adapters/aws/route53-seed-record.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createSnsOperators } from "#shared/adapters/aws/sns-operators.ts";
import { createSnsTopic } from "#shared/adapters/aws/sns-topic.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { createSqsQueueDepths } from "#shared/adapters/aws/sqs-queue-depths.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { traceInvocation } from "#shared/adapters/aws/trace-invocation.ts";
import { readTraceSettings } from "#shared/adapters/aws/trace-settings.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createStreamLog } from "#shared/adapters/embedded/stream-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { healthVectorKey } from "#shared/fleet/health-vector.ts";
import { CONNECT_GROUP, connectId } from "#shared/messages/queue-hints.ts";
import type { TickHint } from "#shared/messages/tick-hint.ts";
import type { TipHint } from "#shared/messages/tip-hint.ts";
import type { TaskDeps } from "./watch/keep-task.ts";
import type { TellDeps } from "./watch/tell-differences.ts";
import { createWatch, type Watch, type WatchDeps } from "./watch/watch.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment of this function holds. */
export const WANTED = [
  "EXOS_ENVIRONMENT",
  "EXOS_CITY",
  "EXOS_NETWORK",
  ...CHAIN_VARIABLES,
  "EXOS_QUEUE_CONNECT",
  "EXOS_QUEUE_DEAD",
  "EXOS_QUEUE_DEAD_FIFO",
  "EXOS_TOPIC_FOLLOW",
  "EXOS_TOPIC_ALARMS",
] as const;

/** The service that keeps the peer process: left out on a machine of one's own without clusters. */
export const WANTED_WITH_CLUSTER = ["EXOS_SERVICE_INGEST", "EXOS_SERVICE_REPLAY"] as const;

/** Both or none: a name that points to the city. */
export const WANTED_WITH_SEED = ["EXOS_SEED_ZONE", "EXOS_SEED_NAME"] as const;

/** Where the city has addresses that outlive its tasks. */
export const WANTED_WITH_ADDRESSES = ["EXOS_SEED_ADDRESSES"] as const;

/** All or none: the city watches the fleet. */
export const WANTED_WITH_FLEET = [
  "EXOS_FLEET_CITIES",
  "EXOS_FLEET_ORIGIN",
  "EXOS_EDGE_STORE",
  "EXOS_BUCKET_WEB",
] as const;

/**
 * What watches over a city. Builds every client and asks for nothing.
 *
 * @throws StoreFault `EXOS-E8101` that names what is missing or wrong in the environment
 */
export function composeWatch(environment: Environment): Watch {
  const env = readCityEnvironment(environment, WANTED);
  const network = networkOfCity(env.EXOS_NETWORK);
  const clock = createSystemClock();
  const write = (line: string) => process.stdout.write(line);
  const constant = { service: "watch", city: env.EXOS_CITY };
  const log = createStreamLog({ write, form: "json", level: "info", constant });
  const traces = createLateTraces(readTraceSettings(environment, "watch"), { clock, log });
  const sqs = createSqsClient({}, { traces });
  const stores = openChainStores(env, {
    clients: { dynamo: createDynamoClient({}, traces), traces },
    network,
    clock,
    entropy: createSystemEntropy(),
    // What a look misses of the last second the next one sees, a minute later.
    reads: "lagging",
  });
  const sns = createSnsClient({}, traces);
  const metrics = createEmbeddedMetrics({ city: env.EXOS_CITY, write, wallMs: Date.now });
  const watch = createWatch({
    ...stores,
    connect: createSqsWorkQueue<TickHint>({
      client: sqs,
      queueUrl: env.EXOS_QUEUE_CONNECT,
      group: CONNECT_GROUP,
      idOf: (hint) => connectId(hint, clock.now()),
    }),
    follow: createSnsTopic<TipHint>({ client: sns, topicArn: env.EXOS_TOPIC_FOLLOW }),
    depths: createSqsQueueDepths({
      client: sqs,
      connect: env.EXOS_QUEUE_CONNECT,
      dead: [env.EXOS_QUEUE_DEAD, env.EXOS_QUEUE_DEAD_FIFO],
    }),
    metrics,
    ...openCluster(environment, stores),
    fleet: openFleet(environment, {
      city: env.EXOS_CITY,
      told: {
        environment: env.EXOS_ENVIRONMENT,
        operators: createSnsOperators({
          client: sns,
          topicArn: env.EXOS_TOPIC_ALARMS,
          city: env.EXOS_CITY,
        }),
      },
    }),
    clock,
    log,
  });
  return async () => {
    try {
      await traceInvocation({ name: "watch", trigger: "timer" }, { traces }, watch);
    } finally {
      metrics.flush();
    }
  };
}

/** @throws StoreFault `EXOS-E8101` on AWS, where services are always named */
function openCluster(
  environment: Environment,
  { chain, generations }: Pick<ChainStores, "chain" | "generations">,
): Pick<WatchDeps, "task" | "replay"> {
  const isOptional = environment["EXOS_ENVIRONMENT"] === "local";
  if (isOptional && WANTED_WITH_CLUSTER.every((name) => environment[name] === undefined)) {
    return { task: undefined, replay: undefined };
  }
  const env = readCityEnvironment(environment, WANTED_WITH_CLUSTER);
  const client = new ECSClient(clientSettings());
  const given = environment["AWS_ENDPOINT_URL_EC2"] ?? environment["AWS_ENDPOINT_URL"];
  const caller = callerOf(createDynamoClient(), given);
  const task = createEcsPeerTask({
    client,
    service: env.EXOS_SERVICE_INGEST,
    addressOf: (networkInterface) => ec2PublicAddress(networkInterface, caller),
  });
  const replay = createEcsReplayTask({ client, service: env.EXOS_SERVICE_REPLAY });
  const leases = createDynamoLeases(chain);
  return {
    task: { task, seed: openSeed(environment), addresses: addressesIn(environment) },
    replay: { generations, leases, replay },
  };
}

function addressesIn(environment: Environment): TaskDeps["addresses"] {
  if (environment["EXOS_SEED_ADDRESSES"] === undefined) return undefined;
  return readCityEnvironment(environment, WANTED_WITH_ADDRESSES).EXOS_SEED_ADDRESSES.split(",");
}

function openSeed(environment: Environment): TaskDeps["seed"] {
  if (!WANTED_WITH_SEED.some((name) => environment[name] !== undefined)) return undefined;
  const env = readCityEnvironment(environment, WANTED_WITH_SEED);
  const client = new Route53Client(clientSettings());
  return createRoute53SeedRecord({ client, zone: env.EXOS_SEED_ZONE, name: env.EXOS_SEED_NAME });
}

function openFleet(
  environment: Environment,
  { city, told }: { readonly city: string; readonly told: Omit<TellDeps, "log"> },
): WatchDeps["fleet"] {
  if (!WANTED_WITH_FLEET.some((name) => environment[name] !== undefined)) return undefined;
  const env = readCityEnvironment(environment, WANTED_WITH_FLEET);
  // The store and the bucket stand where the edge is deployed.
  const region = "us-east-1";
  return {
    asker: createHttpCityAsker({ origin: env.EXOS_FLEET_ORIGIN, fetch }),
    board: createEdgeFleetBoard({
      store: new CloudFrontKeyValueStoreClient({ ...clientSettings(), region }),
      arn: env.EXOS_EDGE_STORE,
      key: healthVectorKey(city),
      objects: createS3Client({ region }),
      bucket: env.EXOS_BUCKET_WEB,
    }),
    cities: env.EXOS_FLEET_CITIES.split(","),
    ...told,
  };
}
