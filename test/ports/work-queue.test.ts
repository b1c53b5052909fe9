import { describe, expect, it } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import {
  createMemoryWorkQueue,
  type MemoryWorkQueue,
  type QueueFaults,
} from "#shared/adapters/embedded/memory-work-queue.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { seededNumbers } from "../support/flaky.ts";
import { type Job, workQueueContract } from "./work-queue.contract.ts";

function rig(faults?: QueueFaults, metrics?: Metrics) {
  const clock = createManualClock(unixSeconds(1_700_000_000));
  const log = createMemoryLog();
  const queue: MemoryWorkQueue<Job> = createMemoryWorkQueue<Job>({
    name: "jobs",
    clock,
    log,
    concurrency: 2,
    visibilityMs: 1_000,
    attemptsMax: 3,
    ...(faults === undefined ? {} : { faults }),
    ...(metrics === undefined ? {} : { metrics }),
  });
  const settle = async () => {
    for (let turn = 0; turn < 400; turn++) {
      await Promise.resolve();
      if (turn % 40 === 39 && clock.sleepers > 0) clock.advance(1_000);
    }
  };
  return { queue, settle, clock, log };
}

describe("memory work queue", () => {
  workQueueContract(() => rig());

  it("warns of a failure with the code of the store, where it has one", async () => {
    const { queue, settle, log } = rig();
    const control = new AbortController();
    const faults = [
      new StoreFault("full", { retryable: true, code: "EXOS-E1003" }),
      new StoreFault("gone", { retryable: true }),
    ];
    const consumer = queue.consume(async () => {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
    }, control.signal);
    await queue.send({ n: 1 });
    await settle();
    expect(log.records.map(({ code }) => code)).toEqual(["EXOS-E1003", "EXOS-E1000"]);
    control.abort();
    await consumer;
  });

  it("counts what waits, what is in flight and what was given up", async () => {
    const metrics = createPrometheusMetrics();
    const { queue, settle } = rig(undefined, metrics);
    const depth = (count: number) => `exos_queue_depth{queue="jobs"} ${count}\n`;
    const dead = (count: number) => `exos_dead_letters_total{queue="jobs"} ${count}\n`;
    expect(metrics.expose()).toContain(depth(0));
    expect(metrics.expose()).toContain(dead(0));
    await queue.send({ n: 1 });
    await queue.send({ n: 2 });
    expect(metrics.expose()).toContain(depth(2));
    const control = new AbortController();
    const consumer = queue.consume(async ({ n }) => {
      expect(metrics.expose()).not.toContain(depth(0));
      if (n === 1) throw new RangeError("never");
    }, control.signal);
    await settle();
    expect(metrics.expose()).toContain(depth(0));
    expect(metrics.expose()).toContain(dead(1));
    control.abort();
    await consumer;
  });

  it("waits longer after each failure", async () => {
    const { queue, clock } = rig();
    const attempts: number[] = [];
    const control = new AbortController();
    await queue.send({ n: 1 });
    const consumer = queue.consume(async (_, { attempt }) => {
      attempts.push(attempt);
      throw new RangeError("never");
    }, control.signal);
    const failuresAfter = async (milliseconds: number) => {
      clock.advance(milliseconds);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      return attempts.length;
    };
    expect(await failuresAfter(0)).toBe(1);
    expect(await failuresAfter(999)).toBe(1);
    expect(await failuresAfter(1)).toBe(2);
    expect(await failuresAfter(1_999)).toBe(2);
    expect(await failuresAfter(1)).toBe(3);
    await queue.idle();
    expect(queue.deadLetters).toMatchObject([{ message: { n: 1 } }]);
    control.abort();
    await consumer;
  });

  it("keeps nobody waiting for what nobody will take any more", async () => {
    const { queue } = rig();
    const control = new AbortController();
    const consumer = queue.consume(async () => undefined, control.signal);
    control.abort();
    await consumer;
    await queue.send({ n: 1 });
    await queue.idle();
    expect((await queue.depth()).waiting).toBe(1);
    const next = new AbortController();
    const taken: number[] = [];
    const again = queue.consume(async ({ n }) => void taken.push(n), next.signal);
    await queue.idle();
    expect(taken).toEqual([1]);
    next.abort();
    await again;
  });

  it("names the queue in the log when it gives up, and never the message", async () => {
    const { queue, settle, log } = rig();
    const control = new AbortController();
    await queue.send({ n: 1 });
    const consumer = queue.consume(() => Promise.reject(new RangeError("no")), control.signal);
    await settle();
    expect(log.records.at(-1)).toMatchObject({
      level: "error",
      code: "EXOS-E1012",
      fields: { queue: "jobs" },
    });
    control.abort();
    await consumer;
  });

  it("keeps a failed message for the next consumer when this one leaves", async () => {
    const { queue } = rig();
    const control = new AbortController();
    await queue.send({ n: 1 });
    await queue.consume(async () => {
      control.abort();
      throw new RangeError("leaving");
    }, control.signal);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(await queue.depth()).toEqual({ waiting: 1, inFlight: 0, dead: 0 });
  });

  it("tells how long the oldest message is here, through every failure", async () => {
    const metrics = createPrometheusMetrics();
    const { queue, settle, clock } = rig(undefined, metrics);
    const age = () => /oldest_seconds\{queue="jobs"\} (\S+)/.exec(metrics.expose())?.[1];
    expect(age()).toBe("0");
    await queue.send({ n: 1 });
    clock.advance(2_000);
    await queue.send({ n: 2 });
    clock.advance(500);
    expect(age()).toBe("2.5");
    const control = new AbortController();
    let failures = 0;
    const consumer = queue.consume(async ({ n }) => {
      if (n === 1 && failures++ < 1) throw new RangeError("not yet");
      if (n === 1) expect(age()).toBe("3.5");
    }, control.signal);
    await settle();
    expect(failures).toBe(2);
    expect(age()).toBe("0");
    control.abort();
    await consumer;
  });

  it("refuses more than 65,536 waiting messages, and says that trying again can help", async () => {
    const { queue } = rig();
    for (let n = 0; n < 65_536; n++) await queue.send({ n });
    await expect(queue.send({ n: 0 })).rejects.toMatchObject({
      name: "StoreFault",
      retryable: true,
    });
  });

  it("keeps only the latest of messages that wait, where that is wanted", async () => {
    const { clock, log } = rig();
    const queue = createMemoryWorkQueue<Job>({
      name: "follow",
      clock,
      log,
      concurrency: 1,
      visibilityMs: 1_000,
      attemptsMax: 3,
      latestOnly: true,
    });
    for (let n = 0; n < 100_000; n++) await queue.send({ n });
    expect(await queue.depth()).toEqual({ waiting: 1, inFlight: 0, dead: 0 });
    const control = new AbortController();
    const seen: number[] = [];
    await queue.consume(async ({ n }) => {
      seen.push(n);
      control.abort();
    }, control.signal);
    expect(seen).toEqual([99_999]);
  });

  it("loses, doubles and reorders only when told to, alike for the same seed", async () => {
    const run = async () => {
      const faults = { next: seededNumbers(7), drop: 0.2, double: 0.2, reorder: 0.3 };
      const { queue, settle } = rig(faults);
      const seen: number[] = [];
      for (let n = 0; n < 50; n++) await queue.send({ n });
      const control = new AbortController();
      const consumer = queue.consume(async ({ n }) => void seen.push(n), control.signal);
      await settle();
      control.abort();
      await consumer;
      return seen;
    };
    const seen = await run();
    expect(seen).toEqual(await run());
    expect(new Set(seen).size).toBeLessThan(50);
    expect(new Set(seen).size).toBeLessThan(seen.length);
    expect(seen).not.toEqual([...seen].sort((a, b) => a - b));
  });
});

describe.each([1, 2, 3])("memory work queue that doubles and reorders, seed %i", (seed) =>
  workQueueContract(() => rig({ next: seededNumbers(seed), drop: 0, double: 0.3, reorder: 0.3 })),
);
