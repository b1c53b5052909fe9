import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSnsTopic } from "#shared/adapters/aws/sns-topic.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createSqsWorkSource } from "#shared/adapters/aws/sqs-work-source.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import { moreHint } from "#shared/messages/more-hint.ts";
import { CONNECT_GROUP, type ConnectHint, connectId } from "#shared/messages/queue-hints.ts";
import { tickHint } from "#shared/messages/tick-hint.ts";
import { type TipHint, tipHint } from "#shared/messages/tip-hint.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { FAUXQS_TRAITS } from "../support/aws/fauxqs-endpoint.ts";
import {
  type EndpointQueue,
  openQueueEndpoint,
  type QueueEndpoint,
} from "../support/aws/queue-endpoint.ts";
import { contractOn } from "./contract-cases.ts";
import { type Job, type QueueRig, workQueueContract } from "./work-queue.contract.ts";

const HASH = "ab".repeat(32) as HashHex;

let local: QueueEndpoint;
beforeAll(async () => {
  local = await openQueueEndpoint();
});
afterAll(() => local[Symbol.asyncDispose]());

function readJob(text: string): Job | undefined {
  return text.startsWith("{") ? (JSON.parse(text) as Job) : undefined;
}

interface SqsRig extends QueueRig {
  readonly queueOf: EndpointQueue;
  readonly log: ReturnType<typeof createMemoryLog>;
}

async function createRig(): Promise<SqsRig> {
  const dead = await local.createQueue();
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 3 };
  const queueOf = await local.createQueue({
    VisibilityTimeout: "1",
    RedrivePolicy: JSON.stringify(redrive),
  });
  const log = createMemoryLog();
  const source = createSqsWorkSource<Job>({
    client: local.sqs,
    queueUrl: queueOf.url,
    read: readJob,
    log,
    clock: createSystemClock(),
    concurrency: 2,
    waitSeconds: 1,
    retrySeconds: 0,
    deadQueueUrl: dead.url,
  });
  const queue = {
    ...createSqsWorkQueue<Job>({ client: local.sqs, queueUrl: queueOf.url }),
    ...source,
  };
  const settle = async () => {
    for (let quiet = 0; quiet < 3; ) {
      const { waiting, inFlight } = await queue.depth();
      quiet = waiting + inFlight === 0 ? quiet + 1 : 0;
    }
  };
  return { queue, settle, queueOf, log };
}

/** The next message of a queue, as text: a topic may hand it there a moment after it took it. */
async function receiveOne({ url }: EndpointQueue): Promise<string | undefined> {
  const { Messages = [] } = await local.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }),
  );
  return Messages[0]?.Body;
}

describe("SQS work queue", () => {
  workQueueContract(createRig);

  it("drops what nobody can read, counts it, and goes on", async () => {
    const { queue, settle, queueOf, log } = await createRig();
    const text = createSqsWorkQueue<string>({ client: local.sqs, queueUrl: queueOf.url });
    await text.send("not a job");
    await queue.send({ n: 1 });
    const seen: number[] = [];
    const control = new AbortController();
    const consumer = queue.consume(async ({ n }) => void seen.push(n), control.signal);
    await settle();
    control.abort();
    await consumer;
    expect(seen).toEqual([1]);
    expect(log.records).toMatchObject([{ code: "EXOS-E8110", fields: { count: 1 } }]);
  });

  // The endpoint in this process forgets the groups of a standard queue: its client stands in here.
  it("sends for whom a message is, and tells it to who receives", async () => {
    const control = new AbortController();
    const sent: unknown[] = [];
    const answer = async ({ input }: { readonly input: object }) => {
      sent.push(input);
      if (!("WaitTimeSeconds" in input)) return {};
      control.abort();
      const Attributes = { ApproximateReceiveCount: "2", MessageGroupId: "10.1" };
      return { Messages: [{ Body: '{"n":1}', ReceiptHandle: "r", Attributes }] };
    };
    // Every overload of the client answers with what its command asks for.
    const client = { send: answer } as unknown as Pick<SQSClient, "send">;
    await createSqsWorkQueue<Job>({ client, queueUrl: "q" }).send({ n: 1 }, "10.1");
    expect(sent).toEqual([{ QueueUrl: "q", MessageBody: '{"n":1}', MessageGroupId: "10.1" }]);
    const deliveries: unknown[] = [];
    const source = createSqsWorkSource<Job>({
      client,
      queueUrl: "q",
      read: readJob,
      log: createMemoryLog(),
      clock: createSystemClock(),
      concurrency: 1,
    });
    await source.consume(async (_, delivery) => void deliveries.push(delivery), control.signal);
    expect(deliveries).toEqual([{ attempt: 2, group: "10.1" }]);
    expect(sent.at(-1)).toEqual({ QueueUrl: "q", ReceiptHandle: "r" });
  });

  it("names the queue that does not exist, and says that trying again cannot help", async () => {
    const { queueOf } = await createRig();
    const queueUrl = `${queueOf.url}-gone`;
    const queue = createSqsWorkQueue<Job>({ client: local.sqs, queueUrl });
    await expect(queue.send({ n: 1 })).rejects.toMatchObject({
      name: "StoreFault",
      code: "EXOS-E8102",
      retryable: false,
      message: expect.stringContaining(queueUrl) as string,
    });
  });
});

describe("the queue of connect", () => {
  const MINUTE = unixSeconds(1_700_000_040);

  it("drops a hint that it was sent in the same minute, and takes it in the next", async () => {
    const made = await local.createQueue({
      FifoQueue: "true",
      DeduplicationScope: "messageGroup",
      FifoThroughputLimit: "perMessageGroupId",
    });
    let now = MINUTE;
    const queue = createSqsWorkQueue<ConnectHint>({
      client: local.sqs,
      queueUrl: made.url,
      group: CONNECT_GROUP,
      idOf: (hint) => connectId(hint, now),
    });
    const send = async () => {
      for (const hint of [blockHint("connect", HASH), tickHint(), moreHint(7)])
        await queue.send(hint);
    };
    await send();
    now = unixSeconds(MINUTE + 59);
    await send();
    expect(await local.waiting(made)).toBe(3);
    now = unixSeconds(MINUTE + 60);
    await send();
    expect(await local.waiting(made)).toBe(6);
  });

  it.each([
    [blockHint("connect", HASH), `${HASH}:28333334`],
    [tickHint(), "tick:28333334"],
    [moreHint(7), "more:7:28333334"],
  ])("calls %j %s", (hint, id) => {
    expect(connectId(hint, MINUTE)).toBe(id);
  });
});

contractOn("fifo-queue", FAUXQS_TRAITS, ({ needing }) => {
  /** As each of a city is. @source cloud.md 2 */
  async function openFifo() {
    const queue = await local.createQueue({
      FifoQueue: "true",
      DeduplicationScope: "messageGroup",
      FifoThroughputLimit: "perMessageGroupId",
    });
    const to = (group: string) =>
      createSqsWorkQueue<Job>({
        client: local.sqs,
        queueUrl: queue.url,
        group,
        idOf: ({ n }) => `job:${n}`,
      });
    return { queue, to };
  }

  needing("deduplication-by-group")(
    "drops what a group was sent before, and takes it of another group",
    async () => {
      const { queue, to } = await openFifo();
      for (const group of ["one", "one", "two", "two"]) await to(group).send({ n: 1 });
      expect(await local.waiting(queue)).toBe(2);
      await to("one").send({ n: 2 });
      expect(await local.waiting(queue)).toBe(3);
    },
  );

  needing("group-batches")(
    "hands out all that waits of one group at once, oldest first, and no more until it is gone",
    async () => {
      const { queue, to } = await openFifo();
      for (const n of [1, 2, 3]) await to("one").send({ n });
      const receive = async () => {
        const asked = { QueueUrl: queue.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 };
        const { Messages = [] } = await local.sqs.send(new ReceiveMessageCommand(asked));
        return Messages;
      };
      const first = await receive();
      expect(first.map(({ Body = "" }) => readJob(Body))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      await to("one").send({ n: 4 });
      await to("two").send({ n: 5 });
      expect((await receive()).map(({ Body = "" }) => readJob(Body))).toEqual([{ n: 5 }]);
    },
  );
});

describe("the topic", () => {
  it("hands what is published to every queue that subscribed", async () => {
    const first = await local.createQueue();
    const second = await local.createQueue();
    const topicArn = await local.createTopic();
    for (const queue of [first, second]) await local.subscribe(topicArn, queue);
    const topic = createSnsTopic<TipHint>({ client: local.sns, topicArn });
    const hint = tipHint({ rev: 2, height: 1, hash: HASH });
    await topic.send(hint);
    for (const queue of [first, second]) {
      expect(await receiveOne(queue)).toBe(JSON.stringify(hint));
    }
    const gone = createSnsTopic<TipHint>({ client: local.sns, topicArn: `${topicArn}-gone` });
    await expect(gone.send(hint)).rejects.toMatchObject({ code: "EXOS-E8102" });
  });
});
