import { describe, expect, it } from "vitest";
import { createCityRouter } from "#services/rpc/city-router.ts";
import { viewFleet } from "#services/rpc/views/fleet-view.ts";
import { cityAt, fixedFleet } from "../../support/fixed-fleet.ts";
import { createRpcNode } from "../../support/rpc-node.ts";

const TRUNK = [0, 1, 2, 3];

describe("the standing of a fleet", () => {
  it("is one chain where all stand on the same block", async () => {
    const view = await viewFleet([cityAt("syd", TRUNK), cityAt("lon", TRUNK)]);
    expect(view.split).toBe(false);
    expect(view.tips).toMatchObject([{ height: 3, cities: ["syd", "lon"] }]);
    expect(view.standings.map(({ agrees, lag }) => ({ agrees, lag }))).toEqual([
      { agrees: true, lag: { blocks: 0, seconds: 0 } },
      { agrees: true, lag: { blocks: 0, seconds: 0 } },
    ]);
  });

  it("tells who is behind, in blocks and seconds, without calling it a split", async () => {
    const view = await viewFleet([cityAt("syd", [...TRUNK, 4, 5]), cityAt("lon", TRUNK)]);
    expect(view.split).toBe(false);
    expect(view.tips.map(({ height }) => height)).toEqual([5, 3]);
    expect(view.standings[1]?.lag).toEqual({ blocks: 2, seconds: 32 });
  });

  it("takes the two newest blocks of a fork for news that travels", async () => {
    const view = await viewFleet([
      cityAt("syd", [...TRUNK, 4, 5]),
      cityAt("lon", [...TRUNK, 8, 9]),
    ]);
    expect(view.split).toBe(false);
    expect(view.tips).toHaveLength(2);
  });

  it("is split from the third block on, and the smaller part disagrees", async () => {
    const here = [...TRUNK, 4, 5, 6];
    const view = await viewFleet([
      cityAt("syd", here),
      cityAt("lon", [...TRUNK, 7, 8, 9, 10]),
      cityAt("sin", here),
    ]);
    expect(view.split).toBe(true);
    expect(view.standings.map(({ agrees }) => agrees)).toEqual([true, false, true]);
    expect(view.tips).toMatchObject([{ cities: ["lon"] }, { cities: ["syd", "sin"] }]);
  });

  it("of two equal parts believes the heavier one", async () => {
    const view = await viewFleet([
      cityAt("syd", [...TRUNK, 4, 5, 6]),
      cityAt("lon", [...TRUNK, 7, 8, 9, 10]),
    ]);
    expect(view.standings.map(({ agrees }) => agrees)).toEqual([false, true]);
  });

  it("leaves a city without a tip out, and knows nothing without any", async () => {
    const view = await viewFleet([cityAt("syd", TRUNK), cityAt("lon", undefined)]);
    expect(view.standings[1]).toMatchObject({ lag: undefined, agrees: undefined });
    expect(await viewFleet([cityAt("syd", undefined)])).toMatchObject({ tips: [], split: false });
  });
});

describe("one origin for several cities", () => {
  async function router() {
    const own = await createRpcNode([]);
    const sydney = await createRpcNode([], { city: "syd" });
    const api = createCityRouter(own.deps, new Map([["syd", sydney.deps]]));
    return (path: string) =>
      api.fetch(new Request(`http://127.0.0.1${path}`, { headers: { host: "127.0.0.1" } }), {});
  }

  it("pins any path below a city's letters to that city", async () => {
    const ask = await router();
    for (const [path, city] of [
      ["/v1/tip", "local"],
      ["/c/syd/v1/tip", "syd"],
      ["/c/syd/healthz", "syd"],
    ] as const) {
      const answer = await ask(path);
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get("x-exos-city"), path).toBe(city);
    }
  });

  it("knows nothing below letters that are no city's", async () => {
    const ask = await router();
    for (const path of ["/c/lon/v1/tip", "/c/sydney/v1/tip", "/c/SYD/v1/tip", "/c"]) {
      expect((await ask(path)).status, path).toBe(404);
    }
    expect((await ask("/c/syd")).headers.get("x-exos-city")).toBe("syd");
  });

  it("answers for a node that runs alone with a fleet of nobody", async () => {
    const ask = await router();
    expect(await (await ask("/v1/fleet")).json()).toEqual({
      cities: [],
      tips: [],
      split: false,
      groups: [],
    });
    const answer = await ask("/v1/fleet/syd");
    expect(answer.status).toBe(404);
    expect(answer.headers.get("x-exos-error")).toBe("EXOS-E8001");
  });
});

it("a fixed fleet is cut and joined as told", () => {
  const fleet = fixedFleet([cityAt("syd", TRUNK), cityAt("lon", TRUNK)]);
  fleet.partition(1, 1);
  expect(fleet.groups()).toEqual([["syd"], ["lon"]]);
  fleet.heal();
  expect(fleet.groups()).toEqual([["syd", "lon"]]);
});
