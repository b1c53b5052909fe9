import { expect, it } from "vitest";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createOtelTraces } from "#shared/adapters/embedded/otel-traces.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { openTraceCollector } from "../../support/trace-collector.ts";

const resource = { "service.name": "exos-test" };

async function open(percent: number) {
  const collector = await openTraceCollector();
  const [clock, log] = [createManualClock(unixSeconds(0)), createMemoryLog()];
  const traces = createOtelTraces(
    { endpoint: `${collector.endpoint}/`, percent, resource },
    { clock, log },
  );
  const once = (parent?: string) =>
    traces.span({ name: "once", kind: "consumer", parent }, async (span) => span.traceparent);
  return { collector, clock, log, traces, once };
}

it("records a share that its ids choose, and all of what another process recorded", async () => {
  const { collector, traces, once } = await open(10);
  await using _ = collector;
  const texts = await Promise.all(Array.from({ length: 2_000 }, () => once()));
  await traces.flush();
  const chosen = texts.filter((text) => text?.endsWith("-01"));
  // Five standard deviations on either side.
  expect(chosen.length).toBeGreaterThan(200 - 67);
  expect(chosen.length).toBeLessThan(200 + 67);
  const ids = new Set(chosen.map((text) => text?.slice(3, 35)));
  expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(ids);

  const [recorded, other] = [chosen[0], texts.find((text) => text?.endsWith("-00"))];
  collector.spans.length = 0;
  for (let round = 0; round < 20; round++) {
    await once(recorded);
    await once(other);
  }
  await traces.flush();
  expect(collector.spans).toHaveLength(20);
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
});

it("loses spans where nobody takes them, says so once, and asks again after a pause", async () => {
  const { collector, clock, log, traces, once } = await open(100);
  await using _ = collector;
  const warned = () => log.records.filter(({ code }) => code === "EXOS-E8150").length;
  collector.answer(503);
  for (let round = 0; round < 3; round++) {
    await once();
    await traces.flush();
    clock.advance(30_000);
  }
  expect(warned()).toBe(1);
  collector.answer(200);
  await once();
  await traces.flush();
  expect(collector.batches).toEqual([1]);
  collector.answer(500);
  await once();
  await traces.flush();
  expect(warned()).toBe(2);
  // It would take them again, and is left in peace for now.
  collector.answer(200);
  await once();
  await traces.flush();
  expect(collector.batches).toEqual([1]);
  clock.advance(30_000);
  await once();
  await traces.flush();
  expect(collector.batches).toEqual([1, 1]);
});

it("does its work where nobody listens at all", async () => {
  const { collector, log, traces, once } = await open(100);
  await collector[Symbol.asyncDispose]();
  for (let round = 0; round < 3; round++) {
    expect(await once()).toMatch(/-01$/);
    await traces.flush();
  }
  expect(log.records.map(({ code, fields }) => [code, fields?.["reason"]])).toEqual([
    ["EXOS-E8150", "ECONNREFUSED"],
  ]);
});

it("says why in a word", async () => {
  const [clock, log] = [createManualClock(unixSeconds(0)), createMemoryLog()];
  // No browser asks there, and neither does Node.
  const settings = { endpoint: "http://127.0.0.1:9", percent: 100, resource };
  const traces = createOtelTraces(settings, { clock, log });
  await traces.span({ name: "once", kind: "internal" }, async () => 1);
  await traces.flush();
  expect(log.records.map(({ fields }) => fields)).toEqual([
    { endpoint: "http://127.0.0.1:9/v1/traces", reason: "bad port" },
  ]);
});

it("sends batches of 512 at most, and loses what 2,048 waiting ones leave no room for", async () => {
  const { collector, traces, once } = await open(100);
  await using _ = collector;
  await Promise.all(Array.from({ length: 4_000 }, () => once()));
  await traces.flush();
  expect(Math.max(...collector.batches)).toBeLessThanOrEqual(512);
  expect(collector.spans.length).toBeGreaterThanOrEqual(2_048);
  expect(collector.spans.length).toBeLessThanOrEqual(2_048 + 512);
});

it("waits for a batch that went by itself before it was told to hand over", async () => {
  const { collector, traces, once } = await open(100);
  await using _ = collector;
  await Promise.all(Array.from({ length: 512 }, () => once()));
  await traces.flush();
  expect(collector.batches).toEqual([512]);
});
