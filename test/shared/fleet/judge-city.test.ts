import { describe, expect, it } from "vitest";
import { type CityFacts, judgeCity } from "#shared/fleet/judge-city.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

const NOW = unixSeconds(1_800_000_000);
const LIMITS = { blocksMax: 2, ageSecondsMax: 1_800 };

function facts(change: Partial<CityFacts> = {}): CityFacts {
  return {
    now: NOW,
    phase: { name: "ready", since: unixSeconds(NOW - 5_000) },
    tip: { height: 1_000, time: unixSeconds(NOW - 60) },
    bestHeight: 1_000,
    indexHeight: 1_000,
    broken: undefined,
    assumed: false,
    peers: 8,
    silentSeconds: 30,
    deadLetters: 0,
    oldestHintSeconds: 0,
    ...change,
  };
}

const names = (change: Partial<CityFacts>, limits = LIMITS) =>
  judgeCity(facts(change), limits).map(({ name, out }) => `${name}${out ? "" : " (said)"}`);

describe("what a city says of itself", () => {
  it("is nothing while all is well, up to each limit", () => {
    expect(names({})).toEqual([]);
    expect(names({ bestHeight: 1_002 })).toEqual([]);
    expect(names({ indexHeight: 999 })).toEqual([]);
    expect(names({ tip: { height: 1_000, time: unixSeconds(NOW - 1_800) } })).toEqual([]);
    expect(names({ silentSeconds: 120, oldestHintSeconds: 270 })).toEqual([]);
    expect(names({ peers: undefined, silentSeconds: undefined })).toEqual([]);
  });

  it.each<[string, Partial<CityFacts>]>([
    ["phase", { phase: { name: "indexing", since: NOW } }],
    ["behind", { bestHeight: 1_003 }],
    ["index", { indexHeight: 998 }],
    ["stale", { tip: { height: 1_000, time: unixSeconds(NOW - 1_801) } }],
    ["store", { broken: "The window does not end in the tip's hash" }],
    ["peers", { peers: 0 }],
    ["silent", { silentSeconds: 121 }],
    ["commit", { oldestHintSeconds: 271 }],
    ["dead-letters (said)", { deadLetters: 1 }],
    ["assumed (said)", { assumed: true }],
    ["assumed", { assumed: true, refuted: true }],
  ])("is %s just beyond it", (name, change) => {
    expect(names(change)).toEqual([name]);
  });

  it("is no age where no block need come", () => {
    const tip = { height: 1_000, time: unixSeconds(NOW - 99_999) };
    expect(judgeCity(facts({ tip }), { blocksMax: 2, ageSecondsMax: undefined })).toEqual([]);
  });

  it("is to be loaded by a task where it is one of a fleet and very far behind", () => {
    const limits = { ...LIMITS, loadBlocks: 4_096 };
    const fix = (bestHeight: number, own = limits) =>
      judgeCity(facts({ bestHeight }), own).map((reason) => reason.fix);
    expect(fix(5_096)).toEqual(["Wait for the blocks"]);
    expect(fix(5_097)).toMatchObject([expect.stringMatching(/^exos fleet load <city>/)]);
    expect(fix(5_097, LIMITS as typeof limits)).toEqual(["Wait for the blocks"]);
  });

  it("is far behind by what peers say as well, where headers show but a part of it", () => {
    const limits = { ...LIMITS, loadBlocks: 4_096 };
    const said = (networkHeight: number, own: typeof limits | typeof LIMITS = limits) =>
      judgeCity(facts({ networkHeight, bestHeight: 1_001 }), own);
    expect(said(5_097)).toMatchObject([
      { name: "behind", text: "4097 blocks behind what peers say", fix: expect.any(String) },
    ]);
    // What no header proves takes no city out of rotation that is near the tip.
    expect(said(5_096)).toEqual([]);
    expect(said(5_097, LIMITS)).toEqual([]);
    const both = judgeCity(facts({ networkHeight: 6_000, bestHeight: 7_000 }), limits);
    expect(both).toMatchObject([{ text: "6000 blocks behind the best header" }]);
  });

  it("names since when, and what to do", () => {
    const [reason] = judgeCity(facts({ silentSeconds: 500 }), LIMITS);
    expect(reason).toMatchObject({ code: "EXOS-E8144", since: NOW - 500, out: true });
    expect(reason?.fix).toContain("exos fleet status");
  });
});
