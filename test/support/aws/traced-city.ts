import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import type { Handler } from "#infra/grants.ts";
import { type CityNames, cityNames } from "#regions/city-names.ts";
import { openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { type CityTable, generationTable, tableInput } from "#shared/adapters/aws/table-shapes.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { PolicyRequest } from "../policy-matcher.ts";
import { openDynamoEndpoint } from "./dynamo-endpoint.ts";
import { startLocalQueues } from "./local-queues.ts";
import { testSettings } from "./test-settings.ts";
import { type BilledRequest, type CannedAnswers, openTracedEndpoint } from "./traced-endpoint.ts";

/** Sydney as it is synthesised for production. */
export const TRACED_NAMES: CityNames = cityNames({
  environment: "prod",
  code: "syd",
  region: "ap-southeast-2",
  account: "111122223333",
});

/** A name of this machine, and all names below it, for whoever looks it up as this says. */
export const EDGE_HOST = "edge.test";

/** The key of handlers that run in this process, one at a time. */
const SHARED_KEY = "handler";
const FIFO = { FifoQueue: "true", VisibilityTimeout: "0" };
const OPEN = { VisibilityTimeout: "0" };

/** Queues that a mapping takes from, or somebody polls. */
export type TracedQueue = "blocks" | "connect" | "transactions" | "announce" | "follow";

/**
 * Tables, queues, topic and bucket of one city under the names of its templates, behind one address
 * that writes down who asked for what. What a city asks for goes there; what a test asks for to look
 * or to prepare does not.
 *
 * @param canned answers of services that nobody in this process knows
 */
export async function openTracedCity(
  network: Network,
  canned: CannedAnswers,
  names: CityNames = TRACED_NAMES,
) {
  const stack = new AsyncDisposableStack();
  const dynamo = stack.use(await openDynamoEndpoint());
  const queues = stack.use(await startLocalQueues());
  const others = `http://127.0.0.1:${queues.server.port}`;
  const observed = new Map<string, PolicyRequest[]>();
  const billed = new Map<string, BilledRequest[]>();
  const runs = new Map<Handler, number>();
  let running: Handler | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const asker = (key: string): string => (key === SHARED_KEY ? (running ?? "nobody") : key);
  const traced = stack.use(
    await openTracedEndpoint({
      tables: dynamo.url,
      others,
      place: names,
      canned,
      asked(key, requests) {
        const by = asker(key);
        observed.set(by, [...(observed.get(by) ?? []), ...requests]);
      },
      billed(key, request) {
        const by = asker(key);
        billed.set(by, [...(billed.get(by) ?? []), request]);
      },
    }),
  );
  const client = dynamo.client();
  await makeTables(client, names);
  for (const bucket of [names.buckets.chain, `exos-prod-${names.account}-web`]) {
    queues.server.createBucket(bucket);
  }
  for (const name of [names.queues.connect, names.queues.deadFifo]) {
    queues.server.createQueue(name, { attributes: FIFO });
  }
  const { blocks, transactions, announce, dead } = names.queues;
  for (const name of [blocks, transactions, announce, dead, names.topics.follow]) {
    queues.server.createQueue(name, { attributes: OPEN });
  }
  const { topicArn } = queues.server.createTopic(names.topics.follow);
  const alarms = queues.server.createTopic(names.topics.alarms);
  const attributes = { RawMessageDelivery: "true" };
  for (const queue of [names.topics.follow, announce]) {
    queues.server.subscribe({ topic: names.topics.follow, queue, attributes });
  }
  const urlOf = (at: string, queue: string) => `${at}/000000000000/${queue}`;
  const direct = (queue: TracedQueue) =>
    urlOf(others, queue === "follow" ? names.topics.follow : names.queues[queue]);
  const environment = {
    AWS_ENDPOINT_URL: traced.url,
    // The SDK puts the account in front of it, which an address does not bear.
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: traced.url.replace("127.0.0.1", EDGE_HOST),
    AWS_REGION: names.region,
    AWS_ACCESS_KEY_ID: SHARED_KEY,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    EXOS_ENVIRONMENT: names.environment,
    EXOS_CITY: names.code,
    EXOS_NETWORK: network.name,
    EXOS_TABLE_CHAIN: names.tables.chain,
    EXOS_TABLE_COINS: names.tables.coins,
    EXOS_TABLE_INDEX: names.tables.index,
    EXOS_TABLE_POOL: names.tables.pool,
    EXOS_BUCKET_CHAIN: names.buckets.chain,
    EXOS_QUEUE_BLOCKS: urlOf(traced.url, blocks),
    EXOS_QUEUE_CONNECT: urlOf(traced.url, names.queues.connect),
    EXOS_QUEUE_TRANSACTIONS: urlOf(traced.url, transactions),
    EXOS_QUEUE_ANNOUNCE: urlOf(traced.url, announce),
    EXOS_QUEUE_DEAD: urlOf(traced.url, dead),
    EXOS_QUEUE_DEAD_FIFO: urlOf(traced.url, names.queues.deadFifo),
    EXOS_TOPIC_FOLLOW: topicArn,
    EXOS_TOPIC_ALARMS: alarms.topicArn,
    EXOS_SECRETS: names.secrets,
    EXOS_RELEASE: "1.2.3",
    EXOS_SERVICE_INGEST: `${names.cluster}/${names.service}`,
    EXOS_SERVICE_REPLAY: `${names.cluster}/${names.replay}`,
  };
  const stores = openChainStores(environment, {
    clients: { dynamo: client, s3: createS3Client(testSettings(others)) },
    network,
    clock: createSystemClock(),
    entropy: createSystemEntropy(),
  });
  const held = stack.move();
  return {
    ...{ names, environment, observed, billed, runs, stores, client, url: traced.url },
    /** Whatever is asked in this process meanwhile, this handler asks; others wait for it. */
    as<Answer>(handler: Handler, work: () => Promise<Answer>): Promise<Answer> {
      const done = last.then(() => {
        running = handler;
        runs.set(handler, (runs.get(handler) ?? 0) + 1);
        return work();
      });
      // Its failure is told to whoever asked for the work.
      last = done
        .catch(() => undefined)
        .finally(() => {
          running = undefined;
        });
      return done;
    },
    makeBucket: (name: string) => void queues.server.createBucket(name),
    async send(queue: TracedQueue, hint: object): Promise<void> {
      const MessageBody = JSON.stringify(hint);
      await queues.sqs.send(new SendMessageCommand({ QueueUrl: direct(queue), MessageBody }));
    },
    /** Every message of a queue, taken out of it. */
    async take(queue: TracedQueue): Promise<readonly string[]> {
      const QueueUrl = direct(queue);
      const bodies: string[] = [];
      for (;;) {
        const { Messages = [] } = await queues.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 30 }),
        );
        if (Messages.length === 0) return bodies;
        for (const { Body = "", ReceiptHandle } of Messages) {
          bodies.push(Body);
          await queues.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** A city as `openTracedCity` opens it. */
export type TracedCity = Awaited<ReturnType<typeof openTracedCity>>;

async function makeTables(client: DynamoDBClient, { tables }: CityNames): Promise<void> {
  const wanted: readonly (readonly [CityTable, string])[] = [
    ["chain", tables.chain],
    ["pool", tables.pool],
    ["coins", generationTable(tables.coins, 0)],
    ["index", generationTable(tables.index, 0)],
  ];
  // dynalite is ready with a table at once.
  for (const [table, name] of wanted) {
    await client.send(new CreateTableCommand(tableInput(table, name)));
  }
}
