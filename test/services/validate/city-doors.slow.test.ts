import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ArrivalDeps } from "#services/validate/arrival-deps.ts";
import { createValidator } from "#services/validate/core.ts";
import { JUDGE_EVERYTHING } from "#services/validate/deps.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { createDynamoPool } from "#shared/adapters/aws/dynamo-pool.ts";
import { createDynamoRawTransactions } from "#shared/adapters/aws/dynamo-raw-transactions.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import type { BatchAnswer, BatchEvent } from "#shared/adapters/aws/lambda-batch.ts";
import type { TopicEvent } from "#shared/adapters/aws/lambda-topic.ts";
import { type ChainStores, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import { tickHint } from "#shared/messages/tick-hint.ts";
import { transactionHint } from "#shared/messages/transaction-hint.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import {
  type LocalQueue,
  type LocalQueues,
  startLocalQueues,
} from "../../support/aws/local-queues.ts";
import { testSettings } from "../../support/aws/test-settings.ts";
import { buildTransaction, output } from "../../support/block-builder.ts";
import { type ChainBlock, forkedChain } from "../../support/forked-chain.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { OWNER, RichChain, START_TIME } from "../../support/rich-chain.ts";

type Batch = (
  event: BatchEvent,
  context: { getRemainingTimeInMillis(): number },
) => Promise<BatchAnswer>;

/** A busy machine takes ten times what a quiet one does. */
const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };
const chain = forkedChain();

let tables: DynamoEndpoint;
let queues: LocalQueues;
let city: {
  blocks: LocalQueue;
  connect: LocalQueue;
  announce: LocalQueue;
  transactions: LocalQueue;
  follow: LocalQueue;
};
let stores: ChainStores;
let arrivals: ArrivalDeps;
let pool: ReturnType<typeof createDynamoTable>;
let doors: {
  check: Batch;
  connect: Batch;
  mempool: Batch;
  follow: (event: TopicEvent) => Promise<void>;
};

/** The environment of a city, as its stacks give it to every function. */
async function openCity(): Promise<void> {
  tables = await openDynamoEndpoint();
  queues = await startLocalQueues();
  const client = tables.client();
  const names = await makeCityTables(client, ["chain", "coins", "pool"]);
  const fifo = { FifoQueue: "true", VisibilityTimeout: "0" };
  const open = { VisibilityTimeout: "0" };
  city = {
    blocks: queues.createQueue(open),
    connect: queues.createQueue(fifo),
    announce: queues.createQueue(open),
    transactions: queues.createQueue(open),
    follow: queues.createQueue(open),
  };
  const { topicArn } = queues.server.createTopic("exos-local-syd-follow");
  const attributes = { RawMessageDelivery: "true" };
  queues.server.subscribe({ topic: "exos-local-syd-follow", queue: city.follow.name, attributes });
  const { bucketName } = queues.server.createBucket("exos-local-syd-chain");
  const url = `http://127.0.0.1:${queues.server.port}`;
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_DYNAMODB: tables.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    EXOS_ENVIRONMENT: "local",
    EXOS_CITY: "syd",
    EXOS_NETWORK: "exos-regtest",
    EXOS_TABLE_CHAIN: names.chain,
    EXOS_TABLE_COINS: names.coins,
    EXOS_TABLE_POOL: names.pool,
    EXOS_BUCKET_CHAIN: bucketName,
    EXOS_QUEUE_CONNECT: city.connect.url,
    EXOS_QUEUE_ANNOUNCE: city.announce.url,
    EXOS_TOPIC_FOLLOW: topicArn,
    EXOS_TOPIC_ALARMS: topicArn,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const clock = createSystemClock();
  stores = openChainStores(environment, {
    clients: { dynamo: client, s3: createS3Client(testSettings(url)) },
    network: exosRegtest,
    clock,
    entropy: createSystemEntropy(),
  });
  arrivals = { ...stores, network: exosRegtest, clock, policy: JUDGE_EVERYTHING };
  pool = createDynamoTable({ client, table: names.pool });
  doors = {
    check: (await import("#services/validate/check.lambda.ts")).handler,
    connect: (await import("#services/validate/connect.lambda.ts")).handler,
    mempool: (await import("#services/validate/mempool.lambda.ts")).handler,
    follow: (await import("#services/validate/mempool-follow.lambda.ts")).handler,
  };
}

beforeAll(openCity);
afterAll(async () => {
  vi.unstubAllEnvs();
  await queues[Symbol.asyncDispose]();
  await tables[Symbol.asyncDispose]();
});

/** Every message of a queue, taken out of it. */
async function takeAll({ url }: LocalQueue): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await queues.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 30 }),
    );
    if (Messages.length === 0) return bodies;
    for (const { Body = "", ReceiptHandle } of Messages) {
      bodies.push(Body);
      await queues.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    }
  }
}

const eventOf = (bodies: readonly string[]): BatchEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `${index}`,
    body,
    attributes: { ApproximateReceiveCount: "1", MessageGroupId: "10.1" },
  })),
});

/** What a mapping does: hand what waits to a door. */
async function run(door: Batch, queue: LocalQueue): Promise<string[]> {
  const bodies = await takeAll(queue);
  if (bodies.length === 0) return bodies;
  expect(await door(eventOf(bodies), CONTEXT)).toEqual({ batchItemFailures: [] });
  return bodies;
}

const send = (queue: LocalQueue, hint: object) =>
  queues.sqs.send(
    new SendMessageCommand({ QueueUrl: queue.url, MessageBody: JSON.stringify(hint) }),
  );

/** What the peer process does with a block, and the city with it. */
async function bring({ bytes, record }: ChainBlock): Promise<void> {
  expect(await storeBlock(bytes, arrivals)).toMatchObject({ state: "accepted" });
  await send(city.blocks, blockHint("block", record.hash));
  await run(doors.check, city.blocks);
}

async function tellFollowers(): Promise<void> {
  const Records = (await takeAll(city.follow)).map((Message) => ({ Sns: { Message } }));
  await doors.follow({ Records });
}

const tipOf = async () => (await stores.coins.tip())?.hash;

describe("the doors of a city, over tables and queues", () => {
  it("found the chain at the first tick, and follow blocks that peers brought", async () => {
    expect(await doors.connect(eventOf([JSON.stringify(tickHint())]), CONTEXT)).toEqual({
      batchItemFailures: [],
    });
    expect(await stores.coins.tip()).toMatchObject({ height: 0, rev: 1 });
    // The hints to check all but the last are lost: whoever connects does it for them.
    for (const { bytes } of chain.trunk.slice(0, -1)) await storeBlock(bytes, arrivals);
    for (const block of chain.trunk.slice(-1)) await bring(block);
    await run(doors.connect, city.connect);
    expect(await tipOf()).toBe(chain.trunk.at(-1)?.record.hash);
    expect(await stores.notice.read()).toMatchObject({ hash: await tipOf() });
    expect(await stores.headers.candidates(0n, 64)).toEqual([]);
    await tellFollowers();
    expect(await stores.cursors.get("mempool")).toMatchObject({ hash: await tipOf() });
  });

  it("take a transaction in, and leave it to the block that holds it", async () => {
    const rich = new RichChain();
    const time = unixSeconds(START_TIME + 16 * 31);
    const spend = rich.coinbaseAt(1);
    const outputs = [output(spend.coin.value - 100_000n, OWNER.payToHash)];
    const tx = buildTransaction({ time, inputs: [spend], outputs }, exosRegtest.consensus);
    const txid: HashHex = toHashHex(tx.txid);
    const raw = createDynamoRawTransactions({ table: pool, clock: arrivals.clock });
    const members = async () =>
      (await createDynamoPool({ table: pool }).all()).map((member) => member.txid);
    await raw.put(txid, tx.raw);
    await send(city.transactions, transactionHint(txid));
    await run(doors.mempool, city.transactions);
    expect(await members()).toEqual([txid]);
    expect(await takeAll(city.announce)).toContain(
      JSON.stringify({ v: 1, kind: "accepted", txid }),
    );
    const [first] = chain.branch(5);
    if (first === undefined) throw new RangeError("no block");
    await bring(first);
    await run(doors.connect, city.connect);
    expect(await tipOf()).toBe(first.record.hash);
    await tellFollowers();
    expect(await members()).toEqual([]);
  });

  it("follow a reorganisation, with the totals that an embedded node has", async () => {
    for (const block of chain.branch(5).slice(1)) await bring(block);
    await run(doors.connect, city.connect);
    const [lighter, heavier] = [chain.branch(5), chain.branch(8, 2)];
    expect(await tipOf()).toBe(lighter.at(-1)?.record.hash);
    for (const block of heavier) await bring(block);
    await run(doors.connect, city.connect);
    const tip = await stores.coins.tip();
    expect(tip?.hash).toBe(heavier.at(-1)?.record.hash);
    const embedded = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
    const validator = createValidator(embedded);
    for (const { bytes } of [...chain.trunk, ...heavier]) await validator.accept(bytes);
    await validator.connect();
    const [own, other] = [await embedded.coins.tip(), tip];
    if (own === undefined || other === undefined) throw new RangeError("no tip");
    expect(await stores.coins.totals(other)).toEqual(await embedded.coins.totals(own));
  });

  it("tell the peer process of a block whose bytes are broken, and connect none of it", async () => {
    const next = chain.branch(9, 2).at(-1);
    if (next === undefined) throw new RangeError("no block");
    await takeAll(city.announce);
    expect(await storeBlock(next.bytes, arrivals)).toMatchObject({ state: "accepted" });
    const { hash } = next.record;
    const broken = next.bytes.slice();
    broken[broken.length - 40] = (broken[broken.length - 40] ?? 0) ^ 1;
    await stores.blocks.forget(hash);
    await stores.blocks.put(hash, broken);
    await send(city.blocks, blockHint("block", hash));
    await run(doors.check, city.blocks);
    expect(await takeAll(city.announce)).toEqual([
      expect.stringMatching(`"kind":"bad","hash":"${hash}".*"peer":"10.1"`),
    ]);
    expect(await stores.blocks.get(hash)).toBeUndefined();
    await doors.connect(eventOf([JSON.stringify(tickHint())]), CONTEXT);
    expect(await tipOf()).not.toBe(hash);
    // Other bytes under the same hash are right.
    await bring(next);
    await run(doors.connect, city.connect);
    expect(await tipOf()).toBe(hash);
  });

  it("give a batch back that a store did not answer, and drop what nobody can read", async () => {
    vi.stubEnv("EXOS_TABLE_CHAIN", "exos-local-syd-gone-chain");
    vi.resetModules();
    const { handler } = await import("#services/validate/connect.lambda.ts");
    const event = eventOf(["{", JSON.stringify(tickHint()), JSON.stringify(tickHint())]);
    const failed = ["1", "2"].map((itemIdentifier) => ({ itemIdentifier }));
    expect(await handler(event, CONTEXT)).toEqual({ batchItemFailures: failed });
  });

  it("say which name is missing when they start", async () => {
    vi.stubEnv("EXOS_TOPIC_FOLLOW", undefined);
    vi.resetModules();
    await expect(import("#services/validate/connect.lambda.ts")).rejects.toMatchObject({
      code: "EXOS-E8101",
      message: expect.stringContaining("EXOS_TOPIC_FOLLOW is missing") as string,
    });
  });
});
