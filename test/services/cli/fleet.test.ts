import { describe, expect, it } from "vitest";
import { dealGroups, parseSizes } from "#services/cli/fleet/deal-groups.ts";
import { describeFleet } from "#services/cli/fleet/describe-fleet.ts";

const NAMES = ["syd", "lon", "sin", "sfo", "fra", "tyo", "par"];

describe("the two groups of a cut", () => {
  it("are dealt in turn, so that the first two names are apart", () => {
    expect(dealGroups(NAMES, [3, 4])).toEqual({
      ok: true,
      value: [
        ["syd", "sin", "fra"],
        ["lon", "sfo", "tyo", "par"],
      ],
    });
    expect(dealGroups(NAMES, [6, 1])).toMatchObject({ value: [{ length: 6 }, ["lon"]] });
    expect(dealGroups(NAMES, [1, 6])).toMatchObject({ value: [["syd"], { length: 6 }] });
  });

  it.each([[[0, 7]], [[7, 0]], [[3, 3]], [[4, 4]]] as const)("are never %j", (sizes) => {
    expect(dealGroups(NAMES, sizes)).toMatchObject({ ok: false, error: { code: "EXOS-E8002" } });
  });

  it("have sizes as two numbers and a stroke", () => {
    expect(parseSizes("6/7")).toEqual([6, 7]);
    for (const text of ["", "6", "6/", "/7", "6/7/1", "-1/14", "a/b", "100/1"]) {
      expect(parseSizes(text), text).toBeUndefined();
    }
  });
});

describe("the status of a fleet", () => {
  const hash = (digit: string) => digit.repeat(64);
  const city = (name: string, height: number | undefined, tip: string) => ({
    city: name,
    name: name.toUpperCase(),
    state: height === undefined ? "opening" : "ready",
    tip: height === undefined ? null : { height, hash: hash(tip), time: 1 },
    lagBlocks: height === undefined ? null : 0,
    lagSeconds: height === undefined ? null : 0,
    agrees: height === undefined ? null : tip === "a",
    peers: { in: 1, out: 2 },
    version: "1",
  });

  it("is a table and one tip", () => {
    const tips = [{ height: 9, hash: hash("a"), cities: ["syd", "lon"] }];
    const cities = [city("syd", 9, "a"), city("lon", 9, "a")];
    expect(describeFleet({ cities, tips, split: false, groups: [["syd", "lon"]] })).toEqual([
      "city  name  state  height  tip            lag  peers        agrees",
      "syd   SYD   ready  9       aaaaaaaaaaaa…  0    1 in, 2 out  yes",
      "lon   LON   ready  9       aaaaaaaaaaaa…  0    1 in, 2 out  yes",
      "",
      `One tip: 9 ${hash("a")}`,
    ]);
  });

  it("names both tips of a split, and the cut behind it", () => {
    const tips = [
      { height: 9, hash: hash("a"), cities: ["syd"] },
      { height: 8, hash: hash("b"), cities: ["lon"] },
    ];
    const cities = [city("syd", 9, "a"), city("lon", 8, "b")];
    const groups = [["syd"], ["lon"]];
    const lines = describeFleet({ cities, tips, split: true, groups });
    expect(lines.slice(2)).toEqual([
      "lon   LON   ready  8       bbbbbbbbbbbb…  0    1 in, 2 out  NO",
      "",
      "SPLIT: 2 tips",
      "  9 aaaaaaaaaaaa…  syd",
      "  8 bbbbbbbbbbbb…  lon",
      "Cut from each other: syd | lon; `exos dev heal` joins them",
    ]);
    const news = describeFleet({ cities, tips, split: false, groups: [["syd", "lon"]] });
    expect(news.at(-3)).toBe("News on its way: 2 tips");
  });

  it("leaves out what a city that opens does not know", () => {
    const cities = [city("syd", undefined, "a")];
    const lines = describeFleet({ cities, tips: [], split: false, groups: [] });
    expect(lines.slice(1)).toEqual([
      "syd   SYD   opening                    1 in, 2 out",
      "",
      "No city has a tip yet.",
    ]);
  });
});
