import { describe, expect, it } from "vitest";
import { type BatchOptions, handleBatch } from "#shared/adapters/aws/lambda-batch.ts";
import { handleTopic } from "#shared/adapters/aws/lambda-topic.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

const eventOf = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    body,
    attributes: { ApproximateReceiveCount: `${index + 1}`, MessageGroupId: "10.1" },
  })),
});
const read = (text: string) => (text === "?" ? undefined : text);

async function run(order: BatchOptions<string>["order"], ...bodies: readonly string[]) {
  const log = createMemoryLog();
  const begun: string[] = [];
  const deliveries: unknown[] = [];
  const answer = await handleBatch(eventOf(...bodies), {
    read,
    order,
    log,
    async handle(text, delivery) {
      begun.push(text);
      deliveries.push(delivery);
      if (text.startsWith("bad")) {
        throw new StoreFault("down", { retryable: true, code: "EXOS-E8100" });
      }
    },
  });
  const failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { failed, begun, deliveries, log };
}

describe("a batch", () => {
  it("of records that stand alone returns those that failed", async () => {
    const { failed, begun } = await run("apart", "a", "bad", "b", "bad too");
    expect(failed).toEqual(["m1", "m3"]);
    expect(begun).toEqual(["a", "bad", "b", "bad too"]);
  });

  it("that is one piece of work is done once, for its last record, as often tried as any", async () => {
    const { failed, begun, deliveries } = await run("as-one", "a", "b", "c", "?");
    expect(failed).toEqual([]);
    expect(begun).toEqual(["c"]);
    expect(deliveries).toEqual([{ attempt: 3, group: "10.1" }]);
  });

  it("that is one piece of work comes again as a whole, but for what nobody can read", async () => {
    const { failed, begun } = await run("as-one", "a", "?", "bad");
    expect(failed).toEqual(["m0", "m2"]);
    expect(begun).toEqual(["bad"]);
  });

  it("of nothing that can be read is no work", async () => {
    const { failed, begun } = await run("as-one", "?", "?");
    expect([failed, begun]).toEqual([[], []]);
  });

  it.each(["apart", "as-one"] as const)(
    "%s drops what nobody can read, and tells how many those were",
    async (order) => {
      const { failed, begun, log } = await run(order, "?", "a", "?");
      expect(failed).toEqual([]);
      expect(begun).toEqual(["a"]);
      const warned = log.records.filter(({ level }) => level === "warn");
      expect(warned).toMatchObject([{ code: "EXOS-E8110", fields: { count: 2 } }]);
    },
  );

  it.each(["apart", "as-one"] as const)(
    "%s names each message that came before, read or not: who held it then could not say so",
    async (order) => {
      const { log } = await run(order, "a", "b", "?");
      const told = log.records.filter(({ level }) => level === "info");
      expect(told).toMatchObject([
        { message: "delivered again", fields: { messageId: "m1", attempt: 2 } },
        { message: "delivered again", fields: { messageId: "m2", attempt: 3 } },
      ]);
    },
  );

  it("tells how often a message came and for whom, and logs why it failed", async () => {
    const { deliveries, log } = await run("apart", "a", "bad");
    expect(deliveries).toEqual([
      { attempt: 1, group: "10.1" },
      { attempt: 2, group: "10.1" },
    ]);
    expect(log.records.filter(({ level }) => level === "warn")).toMatchObject([
      { code: "EXOS-E8100", fields: { messageId: "m1", attempt: 2 } },
    ]);
  });
});

describe("what a topic delivers", () => {
  it("is handled, and dropped where nobody can read it", async () => {
    const log = createMemoryLog();
    const seen: string[] = [];
    const Records = ["a", "?"].map((Message) => ({ Sns: { Message } }));
    await handleTopic({ Records }, { read, log, handle: async (text) => void seen.push(text) });
    expect(seen).toEqual(["a"]);
    expect(log.records).toMatchObject([{ code: "EXOS-E8110" }]);
  });

  it("fails where its handler does, so that it comes again", async () => {
    const Records = [{ Sns: { Message: "a" } }];
    const handle = () => Promise.reject(new StoreFault("down", { retryable: true }));
    const log = createMemoryLog();
    await expect(handleTopic({ Records }, { read, log, handle })).rejects.toThrow(StoreFault);
  });
});
