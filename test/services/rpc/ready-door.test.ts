import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cityAccess } from "#services/rpc/city/city-access.ts";
import { createCityRouter } from "#services/rpc/city-router.ts";
import type { NodeState } from "#services/rpc/deps.ts";
import { edgeStampText } from "#shared/fleet/edge-stamp.ts";
import type { Heartbeat } from "#shared/ports/heartbeats.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { CITY_ACCESS } from "../../support/city-access.ts";
import { createRpcNode } from "../../support/rpc-node.ts";

const KEY = "k";

/** A city whose peer process says how far the chain is, and who looks at that how often. */
async function city({ edge = true } = {}) {
  const beats: Heartbeat[] = [];
  let looks = 0;
  const heartbeats = {
    async all() {
      looks++;
      return beats;
    },
  };
  const node = await createRpcNode([], { city: "syd", heartbeats });
  const { clock } = node;
  const secrets = { get: async (name: string) => (name === "edge-key" ? KEY : undefined) };
  const access = edge ? cityAccess({ secrets, clock }) : CITY_ACCESS;
  const deps = { ...node.deps, access };
  const api = createCityRouter(deps, new Map([["syd", deps]]));
  async function ask(path: string, init: RequestInit = {}) {
    const unix = clock.now();
    const stamp = createHmac("sha256", KEY).update(edgeStampText(unix, "")).digest("hex");
    const request = new Request(`http://x${path}`, init);
    request.headers.set("x-exos-edge", `${unix}.${stamp}`);
    return await api.fetch(request);
  }
  /** What the peer process says from now on. @param ahead blocks of peers above the tip */
  function beat(ahead: number) {
    const hash = node.tip().hash;
    beats.splice(0, beats.length, {
      service: "ingest",
      at: clock.now(),
      peersIn: 1,
      peersOut: 8,
      bestHeader: { height: node.tip().height + ahead, hash },
      addresses: 1,
    });
  }
  beat(0);
  return { node, clock, ask, beat, looks: () => looks };
}

const call = { method: "POST", body: '{"method":"getblockcount","id":1}' };

describe("a city that is not ready", () => {
  it("sends away whoever did not ask for it by name, with reasons and when to come back", async () => {
    const { ask, beat } = await city();
    beat(9);
    const refused = await ask("/v1/tip");
    expect([refused.status, refused.headers.get("x-exos-error")]).toEqual([503, "EXOS-E2001"]);
    expect([refused.headers.get("retry-after"), refused.headers.get("cache-control")]).toEqual([
      "10",
      "no-store",
    ]);
    expect(await refused.json()).toMatchObject({
      detail: "syd is not ready: behind",
      reasons: [{ name: "behind", text: "9 blocks behind the best header" }],
    });
    const rpc = await ask("/", call);
    expect([rpc.status, rpc.headers.get("x-exos-error")]).toEqual([503, "EXOS-E2001"]);
    expect(await rpc.json()).toMatchObject({ error: { code: -28 } });
    expect((await ask("/v1/txs", { method: "POST", body: '{"hex":"00"}' })).status).toBe(503);
  });

  it("answers whoever pinned it, and says what is wrong", async () => {
    const { ask, beat } = await city();
    beat(9);
    const answer = await ask("/c/syd/v1/tip");
    expect([answer.status, answer.headers.get("x-exos-stale")]).toEqual([200, "behind"]);
    const rpc = await ask("/c/syd/", call);
    expect([rpc.status, rpc.headers.get("x-exos-stale")]).toEqual([200, "behind"]);
  });

  it("tells of its health and its API all the same", async () => {
    const { ask, beat } = await city();
    beat(9);
    for (const path of ["/v1/health", "/v1/limits", "/v1/errors", "/healthz", "/v1/openapi.json"]) {
      expect((await ask(path)).status, path).toBe(200);
    }
    expect((await ask("/v1/tip", { method: "OPTIONS" })).status).toBe(204);
    expect((await ask("/readyz")).status).toBe(503);
  });

  it("answers where there is no edge that could ask another city", async () => {
    const { ask, beat } = await city({ edge: false });
    beat(9);
    const answer = await ask("/v1/tip");
    expect([answer.status, answer.headers.get("x-exos-stale")]).toEqual([200, "behind"]);
  });

  it("is looked at again within a second, and a ready one within ten", async () => {
    const { ask, beat, clock, looks } = await city();
    expect((await ask("/v1/tip")).status).toBe(200);
    beat(9);
    clock.advance(9_000);
    await Promise.all([ask("/v1/tip"), ask("/v1/tip")]);
    expect(looks()).toBe(1);
    clock.advance(1_000);
    const both = await Promise.all([ask("/v1/tip"), ask("/v1/tip")]);
    expect(both.map(({ status }) => status)).toEqual([503, 503]);
    expect(looks()).toBe(2);
    beat(0);
    clock.advance(999);
    expect((await ask("/v1/tip")).status).toBe(503);
    clock.advance(1);
    expect((await ask("/v1/tip")).status).toBe(200);
  });

  it("is not one whose tip is merely old: all of them may stand still", async () => {
    const { node, ask } = await city();
    const readiness = { blocksMax: 2, ageSecondsMax: 60 };
    expect((await ask("/v1/tip")).headers.get("x-exos-stale")).toBeNull();
    const deps = { ...node.deps, access: CITY_ACCESS, readiness };
    const stale = await createCityRouter(deps, new Map()).fetch(new Request("http://x/v1/tip"));
    expect([stale.status, stale.headers.get("x-exos-stale")]).toEqual([200, "stale"]);
  });

  it("is one that opens its stores, or has no chain yet", async () => {
    const { node, ask } = await city();
    const opening: Partial<NodeState> = { phase: "opening", stores: undefined };
    node.setState({ ...opening, since: unixSeconds(1) });
    const refused = await ask("/v1/tip");
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ reasons: [{ text: "The node is opening" }] });
  });
});
