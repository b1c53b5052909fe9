import { describe, expect, it, vi } from "vitest";
import { answerEventRequest, type EventsDeps } from "#services/rpc/events/answer-event-request.ts";
import { HELD_STREAMS_MAX, takeStreamSlot } from "#services/rpc/events/stream-slot.ts";
import { type EventSource, tipEvents } from "#services/rpc/events/tip-events.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { CITY_ACCESS } from "../../support/city-access.ts";
import { clientOf } from "../../support/rpc-client.ts";
import { createRpcNode } from "../../support/rpc-node.ts";

const HASH = "ab".repeat(32) as HashHex; // a brand of test data
const tipAt = (rev: number) => ({ rev, height: height(rev), hash: HASH, work: BigInt(rev) });

/** A stream in virtual time: reads on, letting sleeps pass, until it ends. */
async function readAll(
  source: Omit<EventSource, "clock">,
  clock: ReturnType<typeof createManualClock>,
  options = { run: "r", resumed: false },
  signal?: AbortSignal,
): Promise<{ readonly text: string; readonly atMs: number }[]> {
  const seen: { text: string; atMs: number }[] = [];
  const events = tipEvents({ ...source, clock }, options, signal);
  for (;;) {
    const next = events.next();
    let isDone = false;
    void next.finally(() => {
      isDone = true;
    });
    await vi.waitUntil(
      () => {
        if (!isDone && clock.sleepers > 0) clock.advance(source.pollMs);
        return isDone;
      },
      { interval: 0, timeout: 300_000 },
    );
    const { value, done } = await next;
    if (done === true) return seen;
    seen.push({ text: value, atMs: clock.elapsedMs() });
  }
}

describe("a stream of events", () => {
  it("tells each tip once, beats every 15 s, and says bye after ten minutes", async () => {
    const clock = createManualClock(unixSeconds(1));
    const tip = async () => tipAt(clock.elapsedMs() < 32_000 ? 1 : 2);
    const seen = await readAll({ tip, pollMs: 5_000, lifeMs: 600_000 }, clock);
    expect(seen[0]).toEqual({
      text: `id: r.1\nevent: tip\ndata: {"height":1,"hash":"${HASH}"}\n\n`,
      atMs: 0,
    });
    expect(seen.filter(({ text }) => text.includes("event: tip")).map(({ atMs }) => atMs)).toEqual([
      0, 35_000,
    ]);
    expect(seen.slice(1, 3)).toEqual([
      { text: ": \n\n", atMs: 15_000 },
      { text: ": \n\n", atMs: 30_000 },
    ]);
    expect(seen.at(-1)).toEqual({ text: "id: r.3\nevent: bye\ndata: {}\n\n", atMs: 600_000 });
  });

  it("that may not be held is one tip and bye, with the time to come again", async () => {
    const clock = createManualClock(unixSeconds(1));
    const source = { tip: async () => tipAt(7), pollMs: 5_000, lifeMs: 0 };
    const texts = (await readAll(source, clock)).map(({ text }) => text);
    expect(texts).toEqual([
      "retry: 10000\n\n",
      `id: r.1\nevent: tip\ndata: {"height":7,"hash":"${HASH}"}\n\n`,
      "id: r.2\nevent: bye\ndata: {}\n\n",
    ]);
    expect(clock.elapsedMs()).toBe(0);
  });

  it("begins with resync for whoever comes from another one", async () => {
    const clock = createManualClock(unixSeconds(1));
    const source = { tip: async () => undefined, pollMs: 5_000, lifeMs: 0 };
    const seen = await readAll(source, clock, { run: "r", resumed: true });
    expect(seen.map(({ text }) => /event: (\w+)/.exec(text)?.[1])).toEqual([
      undefined,
      "resync",
      "bye",
    ]);
  });

  it("ends without a word when its reader goes", async () => {
    const clock = createManualClock(unixSeconds(1));
    const gone = new AbortController();
    const source = { tip: async () => tipAt(1), clock, pollMs: 5_000, lifeMs: 600_000 };
    const events = tipEvents(source, { run: "r", resumed: false }, gone.signal);
    await events.next();
    const next = events.next();
    await vi.waitUntil(() => clock.sleepers === 1, { interval: 0, timeout: 300_000 });
    gone.abort();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(clock.sleepers).toBe(0);
  });
});

describe("the function that streams", () => {
  async function deps(more: Partial<EventsDeps> = {}): Promise<EventsDeps> {
    const notice = createMemoryTipNotice();
    await notice.put(tipAt(3));
    const clock = createManualClock(unixSeconds(1));
    const entropy = createSeededEntropy("events");
    return { city: "syd", notice, leases: createMemoryLeases(), clock, entropy, ...more };
  }
  const get = (path: string, init?: RequestInit) => new Request(`https://x${path}`, init);

  it("answers its one route, pinned or not, by what NOW says", async () => {
    for (const path of ["/v1/events", "/c/syd/v1/events?topics=tip"]) {
      const response = await answerEventRequest(get(path), await deps(), false);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/event-stream");
      expect(await response.text()).toContain('"height":3');
    }
  });

  it("holds a stream until its reader cancels it", async () => {
    const response = await answerEventRequest(get("/v1/events"), await deps(), true);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain("event: tip");
    await reader?.cancel();
  });

  /** Ask for a stream and read its first piece. */
  async function begin(city: EventsDeps) {
    const response = await answerEventRequest(get("/v1/events"), city, true);
    const reader = response.body?.getReader();
    if (reader === undefined) throw new RangeError("no body");
    const text = new TextDecoder().decode((await reader.read()).value);
    return { reader, isHeld: text.includes("event: tip") };
  }

  it("holds eight streams, tells the ninth the tip once and when to ask again, and holds the next when one ended", async () => {
    const city = await deps();
    const held = await Promise.all(Array.from({ length: HELD_STREAMS_MAX }, () => begin(city)));
    expect(held.map(({ isHeld }) => isHeld)).toEqual(Array(8).fill(true));
    const ninth = await answerEventRequest(get("/v1/events"), city, true);
    expect(ninth.status).toBe(200);
    expect(await ninth.text()).toMatch(
      /^retry: 10000\n\nid: \w+\.1\nevent: tip\n.*\n\nid: \w+\.2\nevent: bye\ndata: {}\n\n$/,
    );
    await held[3]?.reader.cancel();
    expect((await begin(city)).isHeld).toBe(true);
    expect((await begin(city)).isHeld).toBe(false);
  });

  it("takes a slot for free when whatever held it is dead by Lambda's own limit", async () => {
    const clock = createManualClock(unixSeconds(1));
    const city = await deps({ clock });
    for (let at = 0; at < HELD_STREAMS_MAX; at++) await takeStreamSlot(city);
    clock.advance(609_000);
    expect((await begin(city)).isHeld).toBe(false);
    clock.advance(1_000);
    expect((await begin(city)).isHeld).toBe(true);
  });

  it("ends a stream although its slot cannot be given back", async () => {
    const release = async () => {
      throw new StoreFault("the table is gone", { retryable: true });
    };
    const city = await deps({ leases: { ...createMemoryLeases(), release } });
    const { reader } = await begin(city);
    await reader.cancel();
    expect((await begin(city)).isHeld).toBe(true);
  });

  it.each([
    ["another path", get("/v1/tip"), 404],
    ["another verb", get("/v1/events", { method: "POST" }), 405],
    ["another topic", get("/v1/events?topics=tip,secrets"), 400],
  ])("refuses %s", async (_, request, status) => {
    expect((await answerEventRequest(request, await deps(), true)).status).toBe(status);
  });

  it("asks its door first", async () => {
    const door = { check: async () => ({ code: "EXOS-E4032", detail: "no" }) as const };
    const response = await answerEventRequest(get("/v1/events"), await deps({ door }), true);
    expect(response.status).toBe(403);
  });
});

describe("events of the whole API", () => {
  it("are a stream on a node, and one event at a city's function", async () => {
    const node = await createRpcNode([]);
    const held = await node.api().request("http://127.0.0.1/v1/events", {
      headers: { host: "127.0.0.1" },
    });
    const reader = held.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(
      /^id: \w+\.1\nevent: tip/,
    );
    await reader?.cancel();

    const changes = { access: CITY_ACCESS, heldStreams: false } as const;
    const city = clientOf(await createRpcNode([], changes));
    const { text, headers } = await city("/v1/events");
    expect(text).toMatch(/^retry: 10000\n\nid: [\s\S]*event: tip[\s\S]*event: bye/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect((await city("/v1/events?topics=x")).status).toBe(400);
  });
});
