import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect } from "vitest";
import { redriveQueue } from "#shared/adapters/aws/sqs-redrive.ts";
import { FAUXQS_TRAITS } from "../support/aws/fauxqs-endpoint.ts";
import {
  type EndpointQueue,
  openQueueEndpoint,
  type QueueEndpoint,
} from "../support/aws/queue-endpoint.ts";
import { contractOn } from "./contract-cases.ts";

/** Of every queue of the city that has fewest. */
const RECEIVES_MAX = 3;
/** A task moves messages by and by. */
const MOVED = { timeout: 30_000, interval: 100 };

let endpoint: QueueEndpoint;
beforeAll(async () => {
  endpoint = await openQueueEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

/** @returns what was received, which is given back at once */
async function fail({ url: QueueUrl }: EndpointQueue): Promise<string | undefined> {
  const request = { QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 0 };
  return (await endpoint.sqs.send(new ReceiveMessageCommand(request))).Messages?.[0]?.Body;
}

/** A queue, and where what nobody can handle of it ends: one hint does. */
async function diedIn(MessageBody: string) {
  const dead = await endpoint.createQueue();
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: RECEIVES_MAX };
  const queue = await endpoint.createQueue({ RedrivePolicy: JSON.stringify(redrive) });
  await endpoint.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody }));
  for (let receives = 0; receives < RECEIVES_MAX; receives++) {
    expect(await fail(queue)).toBe(MessageBody);
  }
  expect(await fail(queue)).toBeUndefined();
  return { queue, dead };
}

contractOn("redrive-queue", FAUXQS_TRAITS, ({ it, needing }) => {
  it("makes a dead letter of a hint that nobody could handle", async () => {
    const { queue, dead } = await diedIn("hint 1");
    expect(await endpoint.waiting(queue)).toBe(0);
    expect(await endpoint.waiting(dead)).toBe(1);
  });

  needing("move-task")("brings a dead letter back to where it came from", async () => {
    const { queue, dead } = await diedIn("hint 2");
    expect(await redriveQueue(endpoint.sqs, dead.arn)).toMatchObject({ state: "started" });
    await expect.poll(() => fail(queue), MOVED).toBe("hint 2");
    expect(await endpoint.waiting(dead)).toBe(0);
  });

  needing("unknown-move-task")("leaves a dead letter where it is, and says so", async () => {
    const { dead } = await diedIn("hint 3");
    await expect(redriveQueue(endpoint.sqs, dead.arn)).rejects.toMatchObject({
      code: "EXOS-E8108",
    });
    expect(await endpoint.waiting(dead)).toBe(1);
  });
});
