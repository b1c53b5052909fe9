import { expect, it } from "vitest";
import type { WorkQueue, WorkSource } from "#shared/ports/work-queue.ts";

export type Job = { n: number };

/** A queue of three attempts, at most two in flight, and a way to let time pass. */
export interface QueueRig {
  readonly queue: WorkQueue<Job> & WorkSource<Job>;
  /** Lets what can happen happen; time goes on if nothing else does. */
  readonly settle: () => Promise<void>;
}

/** What every queue promises. @param create an empty one each time */
export function workQueueContract(create: () => QueueRig | Promise<QueueRig>): void {
  it("delivers what was sent, even if the sender changes it afterwards", async () => {
    const { queue, settle } = await create();
    const job = { n: 1 };
    await queue.send(job);
    job.n = 2;
    const seen = new Set<number>();
    const control = new AbortController();
    const consumer = queue.consume(async ({ n }) => void seen.add(n), control.signal);
    await settle();
    expect([...seen]).toEqual([1]);
    control.abort();
    await consumer;
  });

  it("delivers every message at least once, also those sent while it consumes", async () => {
    const { queue, settle } = await create();
    const seen = new Set<number>();
    const control = new AbortController();
    for (let n = 0; n < 10; n++) await queue.send({ n });
    const consumer = queue.consume(async ({ n }) => {
      if (!seen.has(n) && n < 5) await queue.send({ n: n + 10 });
      seen.add(n);
    }, control.signal);
    await settle();
    expect([...seen].sort((a, b) => a - b)).toEqual([...Array(15).keys()]);
    control.abort();
    await consumer;
  });

  it("brings a message again until it succeeds, and counts the attempts", async () => {
    const { queue, settle } = await create();
    const attempts: number[] = [];
    const control = new AbortController();
    await queue.send({ n: 1 });
    const consumer = queue.consume(async (_, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new RangeError("not yet");
    }, control.signal);
    await settle();
    expect(new Set(attempts)).toEqual(new Set([1, 2, 3]));
    expect(await queue.depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
    control.abort();
    await consumer;
  });

  it("gives a message up after its last attempt, and goes on with the others", async () => {
    const { queue, settle } = await create();
    const seen = new Set<number>();
    const control = new AbortController();
    await queue.send({ n: 13 });
    await queue.send({ n: 1 });
    const consumer = queue.consume(async ({ n }) => {
      if (n === 13) throw new RangeError("poison");
      seen.add(n);
    }, control.signal);
    await settle();
    expect([...seen]).toEqual([1]);
    expect((await queue.depth()).dead).toBeGreaterThan(0);
    expect((await queue.depth()).waiting).toBe(0);
    control.abort();
    await consumer;
  });

  it("handles no more at once than it may", async () => {
    const { queue, settle } = await create();
    let most = 0;
    let now = 0;
    const control = new AbortController();
    for (let n = 0; n < 20; n++) await queue.send({ n });
    const consumer = queue.consume(async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
    }, control.signal);
    await settle();
    expect(most).toBe(2);
    control.abort();
    await consumer;
  });

  it("waits for those in flight when it stops, and keeps the rest for the next", async () => {
    const { queue, settle } = await create();
    const control = new AbortController();
    const done: number[] = [];
    let finish: (() => void) | undefined;
    const open = new Promise<void>((resolve) => {
      finish = resolve;
    });
    for (let n = 0; n < 4; n++) await queue.send({ n });
    const consumer = queue.consume(async ({ n }) => {
      control.abort();
      await open;
      done.push(n);
    }, control.signal);
    let ended = false;
    const end = consumer.then(() => {
      ended = true;
    });
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(done).toEqual([]);
    expect(ended).toBe(false);
    finish?.();
    await end;
    expect(done.length).toBeGreaterThan(0);

    const rest = new AbortController();
    const all = new Set(done);
    const next = queue.consume(async ({ n }) => void all.add(n), rest.signal);
    await settle();
    expect([...all].sort()).toEqual([0, 1, 2, 3]);
    rest.abort();
    await next;
  });

  it("refuses a message over 64 KiB", async () => {
    const { queue } = await create();
    const long = { n: 1, text: "x".repeat(65_536) };
    await expect(queue.send(long)).rejects.toThrow(RangeError);
  });
}
