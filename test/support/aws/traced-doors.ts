import { vi } from "vitest";
import type { BatchAnswer, BatchEvent } from "#shared/adapters/aws/lambda-batch.ts";
import type { TopicEvent } from "#shared/adapters/aws/lambda-topic.ts";
import { tickHint } from "#shared/messages/tick-hint.ts";
import type { TracedCity, TracedQueue } from "./traced-city.ts";

const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

type Batch = (event: BatchEvent, context: typeof CONTEXT) => Promise<BatchAnswer>;
type Topic = (event: TopicEvent, context: typeof CONTEXT) => Promise<unknown>;

/** As a mapping makes it of what it took. */
const batchOf = (bodies: readonly string[]): BatchEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `${index}`,
    body,
    attributes: { ApproximateReceiveCount: "1", MessageGroupId: "10.1" },
  })),
});

/**
 * The doors of a city's functions, in this process. They keep the environment that they were loaded in,
 * and quick suites share a worker's modules: one of those alone may open them.
 */
export async function openTracedDoors(city: TracedCity) {
  for (const [name, value] of Object.entries(city.environment)) vi.stubEnv(name, value);
  const check: Batch = (await import("#services/validate/check.lambda.ts")).handler;
  const connect: Batch = (await import("#services/validate/connect.lambda.ts")).handler;
  const mempool: Batch = (await import("#services/validate/mempool.lambda.ts")).handler;
  const poolFollow: Topic = (await import("#services/validate/mempool-follow.lambda.ts")).handler;
  const indexFollow: Topic = (await import("#services/index/follow.lambda.ts")).handler;

  async function run(
    handler: "check" | "connect" | "mempool",
    door: Batch,
    queue: TracedQueue,
  ): Promise<boolean> {
    const bodies = await city.take(queue);
    if (bodies.length === 0) return false;
    const { batchItemFailures } = await city.as(handler, () => door(batchOf(bodies), CONTEXT));
    // They come again, as after their visibility: a transaction may wait for its parents.
    for (const { itemIdentifier } of batchItemFailures) {
      await city.send(queue, JSON.parse(bodies[Number(itemIdentifier)] ?? "{}"));
    }
    return batchItemFailures.length < bodies.length;
  }

  /** What the topic starts: every follower, one after the other. */
  async function tell(): Promise<boolean> {
    const Records = (await city.take("follow")).map((Message) => ({ Sns: { Message } }));
    if (Records.length === 0) return false;
    await city.as("index-follow", () => indexFollow({ Records }, CONTEXT));
    await city.as("mempool-follow", () => poolFollow({ Records }, CONTEXT));
    return true;
  }

  return {
    /** One run of `connect` by the tick. @param ms that it has */
    async tick(ms = 60_000): Promise<void> {
      const bodies = [JSON.stringify(tickHint())];
      const context = { getRemainingTimeInMillis: () => ms };
      await city.as("connect", () => connect(batchOf(bodies), context));
    },
    /** What mappings and the topic do, until nothing waits any more. */
    async settle(): Promise<void> {
      for (let isBusy = true; isBusy; ) {
        const done = [
          await run("check", check, "blocks"),
          await run("connect", connect, "connect"),
          await run("mempool", mempool, "transactions"),
          await tell(),
        ];
        isBusy = done.includes(true);
      }
    },
  };
}
