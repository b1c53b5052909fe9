import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cityAccess } from "#services/rpc/city/city-access.ts";
import { createApi } from "#services/rpc/core.ts";
import type { Access } from "#services/rpc/deps.ts";
import { createRateLimit } from "#services/rpc/http/rate-limit.ts";
import { METHODS } from "#services/rpc/methods/all.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { CITY_ACCESS } from "../../support/city-access.ts";
import { createRpcNode } from "../../support/rpc-node.ts";

const UNITS = 600;
const PER_SECOND = 20;
const KEY = "k";

function limit() {
  const clock = createManualClock(unixSeconds(1));
  return { clock, rate: createRateLimit({ clock }) };
}

describe("an allowance", () => {
  it("is six hundred units at once and twenty a second, for each client by itself", () => {
    const { clock, rate } = limit();
    expect(rate.take("a", UNITS)).toEqual({ granted: true, left: 0, waitSeconds: 0 });
    expect(rate.take("a", 1)).toEqual({ granted: false, left: 0, waitSeconds: 1 });
    expect(rate.take("a", 21)).toMatchObject({ granted: false, waitSeconds: 2 });
    expect(rate.take("b", 1)).toMatchObject({ granted: true, left: UNITS - 1 });
    clock.advance(1_000);
    expect(rate.take("a", PER_SECOND + 1)).toMatchObject({ granted: false, left: PER_SECOND });
    expect(rate.take("a", PER_SECOND)).toMatchObject({ granted: true, left: 0 });
    clock.advance(3_600_000);
    expect(rate.take("a", 0)).toMatchObject({ left: UNITS });
  });

  it("is forgotten of whoever asked longest ago, when ten thousand others asked since", () => {
    const { rate } = limit();
    rate.take("first", UNITS);
    rate.take("second", UNITS);
    for (let other = 0; other < 9_998; other++) rate.take(`other ${other}`, 1);
    expect(rate.take("first", 1).granted).toBe(false);
    rate.take("one more", 1);
    expect(rate.take("first", 1).granted).toBe(false);
    expect(rate.take("second", 1).granted).toBe(true);
  });
});

/** An API with an allowance, and requests to it from anywhere. */
async function limited(access?: Access) {
  const node = await createRpcNode([], access === undefined ? {} : { access });
  const api = createApi({ ...node.deps, rate: createRateLimit({ clock: node.clock }) });
  const ask = async (peer: string, path: string, init: RequestInit = {}) => {
    const request = new Request(`http://127.0.0.1${path}`, init);
    request.headers.set("host", "127.0.0.1");
    return await api.fetch(request, { peer });
  };
  const call = (peer: string, body: unknown) =>
    ask(peer, "/", { method: "POST", body: JSON.stringify(body) });
  const left = (answer: Response) =>
    Number(/r=(\d+)/.exec(answer.headers.get("ratelimit") ?? "")?.[1]);
  return { node, ask, call, left };
}

const FAR = "198.51.100.4";

describe("callers of a city", () => {
  it("are told what is left, and are refused with what to wait for", async () => {
    const { node, ask, left } = await limited(CITY_ACCESS);
    const first = await ask(FAR, "/v1/health");
    expect(first.headers.get("ratelimit-policy")).toBe('"default";q=600;w=30');
    expect(left(first)).toBe(UNITS - 1);
    for (let asked = 1; asked < UNITS; asked++) await ask(FAR, "/v1/health");
    const refused = await ask(FAR, "/v1/health");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(refused.headers.get("x-exos-error")).toBe("EXOS-E4290");
    expect(await refused.json()).toMatchObject({
      code: "EXOS-E4290",
      retryAfter: 1,
      detail: "This costs 1 units and 0 are left to you: 20 come back each second, up to 600",
    });
    expect((await ask("198.51.100.5", "/v1/health")).status).toBe(200);
    expect((await ask(FAR, "/healthz")).status).toBe(200);
    node.clock.advance(1_000);
    expect((await ask(FAR, "/v1/health")).status).toBe(200);
  });

  it("pay by what they ask for, a batch half the sum", async () => {
    const { ask, call, left } = await limited(CITY_ACCESS);
    const cost = async (asking: () => Promise<Response>) => {
      const before = left(await ask(FAR, "/v1/health"));
      await asking();
      // What is cached for all does not say what is left.
      return before - left(await ask(FAR, "/v1/health")) - 1;
    };
    expect(await cost(() => ask(FAR, "/v1/search?q=1"))).toBe(10);
    expect(await cost(() => ask(FAR, "/nowhere"))).toBe(1);
    const sent = () => ask(FAR, "/v1/txs", { method: "POST", body: '{"hex":"00"}' });
    expect(await cost(sent)).toBe(20);
    expect(await cost(() => call(FAR, { method: "getblockcount", id: 1 }))).toBe(1);
    expect(await cost(() => call(FAR, { method: "sendrawtransaction", params: ["00"] }))).toBe(20);
    const batch = Array.from({ length: 5 }, () => ({ method: "getrawmempool", id: 1 }));
    expect(await cost(() => call(FAR, batch))).toBe(13);
    expect(await cost(() => call(FAR, ["no call"]))).toBe(1);
  });

  it("are refused by JSON-RPC in a form that its clients read", async () => {
    const { call } = await limited(CITY_ACCESS);
    const batch = Array.from({ length: 60 }, () => ({ method: "testmempoolaccept", id: 1 }));
    expect((await call(FAR, batch)).status).toBe(200);
    const refused = await call(FAR, { method: "testmempoolaccept", params: [["00"]], id: 1 });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await refused.json()).toMatchObject({ result: null, error: { code: -1 }, id: null });
  });

  it("are one where they share an IPv6 network, and IPv4 as IPv6 is IPv4", async () => {
    const { ask, left } = await limited(CITY_ACCESS);
    await ask("2001:db8:1:2::1", "/v1/health");
    expect(left(await ask("2001:db8:1:2:ffff::9", "/v1/health"))).toBe(UNITS - 2);
    expect(left(await ask("2001:db8:1:3::1", "/v1/health"))).toBe(UNITS - 1);
    await ask(FAR, "/v1/health");
    expect(left(await ask(`::ffff:${FAR}`, "/v1/health"))).toBe(UNITS - 2);
  });

  it("are who the edge says they are, and nobody else", async () => {
    const held = await createRpcNode([]);
    const secrets = { get: async (name: string) => (name === "edge-key" ? KEY : undefined) };
    const { ask, left } = await limited(cityAccess({ secrets, clock: held.clock }));
    const stamped = (client: string) => {
      const unix = held.clock.now();
      const stamp = createHmac("sha256", KEY).update(edgeStampText(unix, client)).digest("hex");
      return { headers: { "x-exos-client": client, "x-exos-edge": `${unix}.${stamp}` } };
    };
    await ask("127.0.0.1", "/v1/health", stamped("192.0.2.1"));
    expect(left(await ask(FAR, "/v1/health", stamped("192.0.2.1")))).toBe(UNITS - 2);
    expect(left(await ask(FAR, "/v1/health", stamped("192.0.2.2")))).toBe(UNITS - 1);
    const forged = { headers: { ...stamped("192.0.2.1").headers, "x-exos-client": "192.0.2.3" } };
    const refused = await ask(FAR, "/v1/health", forged);
    expect([refused.status, refused.headers.get("ratelimit")]).toEqual([403, null]);
  });

  it("are not told in what a shared cache keeps for all", async () => {
    const { ask } = await limited(CITY_ACCESS);
    const kept = await ask(FAR, "/v1/tip");
    expect(kept.headers.get("cache-control")).toMatch(/^public/);
    expect(kept.headers.get("ratelimit")).toBeNull();
  });
});

describe("callers of a node of one's own", () => {
  it("are limited from other machines alone", async () => {
    const { ask } = await limited();
    expect((await ask("127.0.0.1", "/v1/tip")).headers.get("ratelimit")).toBeNull();
    expect((await ask("::ffff:127.0.0.1", "/v1/tip")).headers.get("ratelimit")).toBeNull();
    expect((await ask(FAR, "/v1/tip")).headers.get("ratelimit")).toMatch(/r=599/);
  });
});

it("no method costs more than a client can have, and a broadcast most", () => {
  const costs = METHODS.map(({ cost }) => cost);
  expect(Math.max(...costs)).toBe(METHODS.find(({ name }) => name === "sendrawtransaction")?.cost);
});
