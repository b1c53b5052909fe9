import { PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createSqsWorkSource } from "#shared/adapters/aws/sqs-work-source.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { type LocalQueues, startLocalQueues } from "../../../support/aws/local-queues.ts";
import { testSettings } from "../../../support/aws/test-settings.ts";
import { openTraceCollector, type TraceCollector } from "../../../support/trace-collector.ts";

const clock = createSystemClock();
const log = createMemoryLog();

function open(collector: TraceCollector, queues: LocalQueues, percent = 100) {
  const resource = { "service.name": "exos-test" };
  const traces = createLateTraces(
    { endpoint: collector.endpoint, percent, resource },
    { clock, log },
  );
  if (traces === undefined) throw new RangeError("nothing is traced");
  return { traces, settings: testSettings(`http://127.0.0.1:${queues.server.port}`) };
}

it("puts a call below what is under way, says of what it was, and how it failed", async () => {
  await using collector = await openTraceCollector();
  await using queues = await startLocalQueues();
  const { traces, settings } = open(collector, queues);
  const { bucketName } = queues.server.createBucket("exos-test-syd-chain");
  const client = createS3Client(settings, traces);
  const put = (Bucket: string) =>
    client.send(new PutObjectCommand({ Bucket, Key: "recent/ab", Body: "canary" }));
  // Nobody asked for it: no trace is begun by a call of a store.
  await put(bucketName);
  await traces.span({ name: "asked", kind: "server" }, async () => {
    await put(bucketName);
    await expect(put("exos-nowhere")).rejects.toThrow();
  });
  await traces.flush();
  const [good, bad, asked] = collector.spans;
  expect(good).toMatchObject({
    name: "S3.PutObject",
    kind: 3,
    status: 0,
    parentSpanId: asked?.spanId,
    attributes: {
      "rpc.system": "aws-api",
      "rpc.service": "S3",
      "rpc.method": "PutObject",
      "aws.s3.bucket": bucketName,
      "aws.s3.key": "recent/ab",
      "exos.attempts": 1,
    },
  });
  expect(bad).toMatchObject({ status: 2, attributes: { "error.type": "NoSuchBucket" } });
  expect(collector.spans).toHaveLength(3);
  expect(collector.bodies.join()).not.toContain("canary");
});

it("begins a trace with a message, of which whoever polls goes on with it", async () => {
  await using collector = await openTraceCollector();
  await using queues = await startLocalQueues();
  const { traces, settings } = open(collector, queues);
  const { url: queueUrl, name } = queues.createQueue();
  const client = createSqsClient(settings, { traces });
  await createSqsWorkQueue<{ n: number }>({ client, queueUrl }).send({ n: 1 });
  const stop = new AbortController();
  const read = (text: string): unknown => JSON.parse(text);
  const source = createSqsWorkSource({
    client,
    queueUrl,
    read,
    log,
    clock,
    concurrency: 1,
    waitSeconds: 0,
    traces,
  });
  await source.consume(async (message) => {
    expect(message).toEqual({ n: 1 });
    stop.abort();
  }, stop.signal);
  await traces.flush();
  const [sent, handled] = collector.spans;
  expect(collector.spans.map((span) => span.name)).toEqual([`send ${name}`, `process ${name}`]);
  expect(sent).toMatchObject({ kind: 4, attributes: { "rpc.method": "SendMessage" } });
  expect(handled).toMatchObject({ kind: 5, traceId: sent?.traceId, parentSpanId: sent?.spanId });
});

it.each([
  ["nothing where nothing is traced", undefined, undefined],
  ["that it is not recorded where it is not", 0, expect.stringMatching(/^00-\w{32}-\w{16}-00$/)],
] as const)("lets a message say %s", async (_, percent, said) => {
  await using collector = await openTraceCollector();
  await using queues = await startLocalQueues();
  const { traces, settings } = open(collector, queues, percent);
  const { url: queueUrl } = queues.createQueue();
  const client = createSqsClient(settings, { traces: percent === undefined ? undefined : traces });
  await createSqsWorkQueue({ client, queueUrl }).send({ n: 1 });
  await traces.flush();
  expect(collector.batches).toEqual([]);
  const asked = { QueueUrl: queueUrl, MessageAttributeNames: ["All"] };
  const { Messages } = await queues.sqs.send(new ReceiveMessageCommand(asked));
  expect(
    Messages?.map((message) => message.MessageAttributes?.["traceparent"]?.StringValue),
  ).toEqual([said]);
});
