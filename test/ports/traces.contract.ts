import { expect, it } from "vitest";
import type { TraceSettings, Traces } from "#shared/ports/traces.ts";
import { openTraceCollector } from "../support/trace-collector.ts";

/** What everybody who records traces promises. @param create over an endpoint that takes them */
export function tracesContract(create: (settings: TraceSettings) => Traces): void {
  const open = async (percent = 100) => {
    const collector = await openTraceCollector();
    const resource = { "service.name": "exos-test", "exos.city": "syd" };
    return { collector, traces: create({ endpoint: collector.endpoint, percent, resource }) };
  };

  it("gives back what the work gave, and throws what it threw", async () => {
    const { collector, traces } = await open();
    await using _ = collector;
    const fault = Object.assign(new RangeError("a secret that somebody sent"), { code: "EXOS-E1" });
    expect(await traces.span({ name: "fine", kind: "internal" }, async () => 7)).toBe(7);
    const failing = traces.span({ name: "bad", kind: "internal" }, () => Promise.reject(fault));
    await expect(failing).rejects.toBe(fault);
    await traces.flush();
    expect(collector.spans.map(({ name, status }) => [name, status])).toEqual([
      ["fine", 0],
      ["bad", 2],
    ]);
    expect(collector.spans[1]?.attributes).toEqual({ "error.type": "EXOS-E1" });
    expect(collector.bodies.join()).not.toContain("a secret");
  });

  it("puts what is done within a span below it, also where two run at once", async () => {
    const { collector, traces } = await open();
    await using _ = collector;
    const run = (name: string) =>
      traces.span({ name, kind: "server" }, async () => {
        await Promise.resolve();
        await traces.span({ name: `${name}.a`, kind: "client", onlyWithin: true }, async () => 1);
      });
    await Promise.all([run("x"), run("y")]);
    await traces.span({ name: "alone", kind: "client", onlyWithin: true }, async (span) => {
      expect(span.traceparent).toBeUndefined();
    });
    await traces.flush();
    const named = (name: string) => collector.spans.find((span) => span.name === name);
    for (const name of ["x", "y"]) {
      expect(named(`${name}.a`)?.parentSpanId).toBe(named(name)?.spanId);
      expect(named(`${name}.a`)?.traceId).toBe(named(name)?.traceId);
      expect(named(name)?.parentSpanId).toBeUndefined();
    }
    expect(named("x")?.traceId).not.toBe(named("y")?.traceId);
    expect(collector.spans).toHaveLength(4);
  });

  it("goes on with the trace that a message carries, and begins one where it carries none", async () => {
    const { collector, traces } = await open();
    await using _ = collector;
    let parent: string | undefined;
    await traces.span({ name: "send", kind: "producer" }, async (span) => {
      parent = span.traceparent;
    });
    const bad = [undefined, "", "00-0-0-01", `00-${"0".repeat(32)}-${"1".repeat(16)}-01`];
    for (const text of [parent, ...bad]) {
      await traces.span({ name: "process", kind: "consumer", parent: text }, async () => 1);
    }
    await traces.flush();
    const [send, first, ...others] = collector.spans;
    expect(parent).toBe(`00-${send?.traceId}-${send?.spanId}-01`);
    expect(first).toMatchObject({ traceId: send?.traceId, parentSpanId: send?.spanId, kind: 5 });
    expect([send?.remote, first?.remote]).toEqual([false, true]);
    expect(others.map(({ parentSpanId }) => parentSpanId)).toEqual(bad.map(() => undefined));
    expect(new Set(others.map(({ traceId }) => traceId)).size).toBe(bad.length);
  });

  it("says what was set, of whom, for how long", async () => {
    const { collector, traces } = await open();
    await using _ = collector;
    const attributes = { text: "x".repeat(1_000), count: 3, share: 0.5, isIt: true };
    await traces.span({ name: "old", kind: "server", attributes }, async (span) => {
      span.rename("new");
      span.set({ "http.response.status_code": 503 });
      span.fail("503");
    });
    await traces.flush();
    const [span] = collector.spans;
    expect(span).toMatchObject({ name: "new", kind: 2, status: 2 });
    expect(span?.resource).toEqual({ "service.name": "exos-test", "exos.city": "syd" });
    expect(span?.attributes).toEqual({
      ...attributes,
      text: "x".repeat(256),
      "http.response.status_code": 503,
      "error.type": "503",
    });
    expect(span?.took).toBeGreaterThan(0n);
  });

  it("records nothing of a share of nothing, and says so to whoever goes on", async () => {
    const { collector, traces } = await open(0);
    await using _ = collector;
    await traces.span({ name: "send", kind: "producer" }, async (span) => {
      expect(span.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      await traces.span({ name: "below", kind: "client" }, async () => 1);
    });
    await traces.flush();
    expect(collector.batches).toEqual([]);
  });
}
