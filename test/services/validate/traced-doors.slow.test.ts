import { type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { JUDGE_EVERYTHING } from "#services/validate/deps.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import type { BatchAnswer, BatchEvent } from "#shared/adapters/aws/lambda-batch.ts";
import type { TopicEvent } from "#shared/adapters/aws/lambda-topic.ts";
import { nameOfArn } from "#shared/adapters/aws/message-names.ts";
import { type ChainStores, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import { tickHint } from "#shared/messages/tick-hint.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import {
  type LocalQueue,
  type LocalQueues,
  startLocalQueues,
} from "../../support/aws/local-queues.ts";
import { forkedChain } from "../../support/forked-chain.ts";
import { openTraceCollector, type TraceCollector } from "../../support/trace-collector.ts";

const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const BLOCKS = "arn:aws:sqs:us-east-1:000000000000:exos-test-syd-blocks";

let collector: TraceCollector;
let tables: DynamoEndpoint;
let queues: LocalQueues;
let connect: LocalQueue;
let follow: LocalQueue;
let topicArn: string;
let stores: ChainStores;

/** A city that is traced, as its stacks say so to every function. */
beforeAll(async () => {
  collector = await openTraceCollector();
  tables = await openDynamoEndpoint();
  queues = await startLocalQueues();
  const names = await makeCityTables(tables.client(), ["chain", "coins", "index"]);
  connect = queues.createQueue({ FifoQueue: "true" });
  follow = queues.createQueue();
  ({ topicArn } = queues.server.createTopic("exos-local-syd-follow"));
  const attributes = { RawMessageDelivery: "true" };
  queues.server.subscribe({ topic: "exos-local-syd-follow", queue: follow.name, attributes });
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${queues.server.port}`,
    AWS_ENDPOINT_URL_DYNAMODB: tables.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "canary-of-a-secret",
    AWS_LAMBDA_FUNCTION_NAME: "exos-local-syd-x",
    EXOS_ENVIRONMENT: "local",
    EXOS_CITY: "syd",
    EXOS_NETWORK: "exos-regtest",
    EXOS_TABLE_CHAIN: names.chain,
    EXOS_TABLE_COINS: names.coins,
    EXOS_TABLE_INDEX: names.index,
    EXOS_BUCKET_CHAIN: "exos-local-syd-chain",
    EXOS_QUEUE_CONNECT: connect.url,
    EXOS_QUEUE_ANNOUNCE: queues.createQueue().url,
    EXOS_TOPIC_FOLLOW: topicArn,
    EXOS_TOPIC_ALARMS: topicArn,
    EXOS_QUEUE_DEAD: queues.createQueue().url,
    EXOS_QUEUE_DEAD_FIFO: queues.createQueue({ FifoQueue: "true" }).url,
    EXOS_TRACES: collector.endpoint,
    EXOS_TRACES_PERCENT: "100",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  stores = openChainStores(environment, {
    clients: { dynamo: tables.client() },
    network: exosRegtest,
    clock: createSystemClock(),
    entropy: createSystemEntropy(),
  });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await queues[Symbol.asyncDispose]();
  await tables[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});

/** The one message of a queue, with what it carries beside its body. */
async function take({ url: QueueUrl }: LocalQueue): Promise<Message> {
  const asked = { QueueUrl, MessageAttributeNames: ["All"] };
  const [message] = (await queues.sqs.send(new ReceiveMessageCommand(asked))).Messages ?? [];
  if (message === undefined) throw new RangeError("no message");
  return message;
}

/** What a mapping makes of a message. */
function eventOf(body: string, arn: string, traceparent?: string): BatchEvent {
  const attributes = { ApproximateReceiveCount: "1", MessageGroupId: "10.1" };
  const messageAttributes =
    traceparent === undefined ? {} : { traceparent: { stringValue: traceparent } };
  return {
    Records: [{ messageId: "1", body, attributes, messageAttributes, eventSourceARN: arn }],
  };
}

type Door = (event: BatchEvent, context: typeof CONTEXT) => Promise<BatchAnswer>;

it("a block is one trace from the queue through check, connect and index, over the calls of each", async () => {
  const doors: {
    check: Door;
    connect: Door;
    index: (e: TopicEvent, c: typeof CONTEXT) => Promise<void>;
  } = {
    check: (await import("#services/validate/check.lambda.ts")).handler,
    connect: (await import("#services/validate/connect.lambda.ts")).handler,
    index: (await import("#services/index/follow.lambda.ts")).handler,
  };
  const run = async (door: Door, event: BatchEvent) =>
    expect(await door(event, CONTEXT)).toEqual({ batchItemFailures: [] });
  await run(doors.connect, eventOf(JSON.stringify(tickHint()), connect.arn));
  // What founded the chain is another trace.
  const founding = collector.spans.find(({ name }) => name === `process ${connect.name}`);
  expect(founding).toMatchObject({ parentSpanId: undefined });
  expect(founding?.traceId).not.toBe(TRACE);
  collector.spans.length = 0;

  const [first] = forkedChain().trunk;
  if (first === undefined) throw new RangeError("no block");
  const clock = createSystemClock();
  const arrivals = { ...stores, network: exosRegtest, clock, policy: JUDGE_EVERYTHING };
  await storeBlock(first.bytes, arrivals);
  const hint = JSON.stringify(blockHint("block", first.record.hash));
  await run(doors.check, eventOf(hint, BLOCKS, TRACEPARENT));
  const hinted = await take(connect);
  // A message is what it was: what it carries stands beside its body.
  expect(JSON.parse(hinted.Body ?? "")).toEqual({ v: 1, kind: "connect", hash: first.record.hash });
  const parent = hinted.MessageAttributes?.["traceparent"]?.StringValue;
  // Behind hints that piled up: what they all ask for is done once.
  const { Records: last } = eventOf(hinted.Body ?? "", connect.arn, parent);
  const { Records: stale } = eventOf(JSON.stringify(tickHint()), connect.arn);
  await run(doors.connect, { Records: [...stale, ...stale, ...last] });
  expect((await stores.coins.tip())?.hash).toBe(first.record.hash);
  const told = await take(follow);
  const Value = told.MessageAttributes?.["traceparent"]?.StringValue ?? "";
  const Sns = {
    Message: told.Body ?? "",
    TopicArn: topicArn,
    MessageAttributes: { traceparent: { Value } },
  };
  await doors.index({ Records: [{ Sns }] }, CONTEXT);

  const { spans } = collector;
  expect(spans.filter(({ traceId }) => traceId !== TRACE)).toEqual([]);
  const named = (name: string) => {
    const found = spans.find((span) => span.name === name);
    if (found === undefined) throw new RangeError(`no ${name} in ${spans.map((one) => one.name)}`);
    return found;
  };
  const line = [
    `process ${nameOfArn(BLOCKS)}`,
    `send ${connect.name}`,
    `process ${connect.name}`,
    "send exos-local-syd-follow",
    "process exos-local-syd-follow",
  ].map(named);
  expect(line.map(({ kind }) => kind)).toEqual([5, 4, 5, 4, 5]);
  expect(line.map(({ parentSpanId }) => parentSpanId)).toEqual([
    TRACEPARENT.slice(36, 52),
    ...line.slice(0, -1).map(({ spanId }) => spanId),
  ]);
  expect(line.map(({ resource }) => resource["service.name"])).toEqual(
    ["check", "check", "connect", "connect", "index"].map((service) => `exos-${service}`),
  );
  expect(line[0]).toMatchObject({
    attributes: { "messaging.system": "aws_sqs", "messaging.message.id": "1" },
    resource: { "exos.city": "syd", "faas.name": "exos-local-syd-x", "cloud.region": "us-east-1" },
  });
  const marks = spans.filter(({ name }) => name === "DynamoDB.UpdateItem");
  const table = process.env["EXOS_TABLE_COINS"];
  expect(marks.map(({ attributes }) => String(attributes["db.collection.name"]))).toEqual(
    expect.arrayContaining([expect.stringContaining(`${table}-g0`)]),
  );
  expect(named("DynamoDB.PutItem")).toMatchObject({ kind: 3, status: 0 });
  expect(spans.every(({ kind, parentSpanId }) => kind !== 3 || parentSpanId !== undefined)).toBe(
    true,
  );
  expect(collector.bodies.join()).not.toContain("canary-of-a-secret");
  expect(collector.bodies.join()).not.toContain(
    Buffer.from(first.bytes).toString("hex").slice(0, 64),
  );
});

it("a minute of watching is one trace over its calls, which whoever it wakes goes on with", async () => {
  const { handler } = await import("#services/ingest/watch.lambda.ts");
  const { spans } = collector;
  spans.length = 0;
  // No index has come this far: the followers are woken.
  await handler();
  const [root] = spans.filter(({ name }) => name === "watch");
  expect(root).toMatchObject({
    ...{ kind: 2, parentSpanId: undefined, attributes: { "faas.trigger": "timer" } },
    resource: { "service.name": "exos-watch" },
  });
  const others = spans.filter(({ name }) => name !== "watch");
  expect(new Set(others.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([root?.spanId]));
  const names = others.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "DynamoDB.Query",
      "SQS.GetQueueAttributes",
      "send exos-local-syd-follow",
    ]),
  );
  const { MessageAttributes } = await take(follow);
  expect(MessageAttributes?.["traceparent"]?.StringValue).toContain(root?.traceId);
});
