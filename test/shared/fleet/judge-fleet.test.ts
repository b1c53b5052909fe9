import { describe, expect, it } from "vitest";
import { type CityAnswer, type CityReading, judgeFleet } from "#shared/fleet/judge-fleet.ts";
import { reasonOf } from "#shared/fleet/reason.ts";
import { rotationAfter } from "#shared/fleet/rotation.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";

const NOW = unixSeconds(1_800_000_000);

/** A block's hash on a chain that leaves the common one above `fork`. */
function hashOf(height: number, chain = "a", fork = 0): HashHex {
  // A brand of test data: sixty-four digits that tell height and chain.
  return `${height > fork ? chain : "a"}${String(height).padStart(63, "0")}` as HashHex;
}

interface Shape {
  readonly height?: number;
  readonly chain?: string;
  readonly fork?: number;
  readonly muhash?: string;
  readonly reasons?: CityAnswer["reasons"];
}

function city(code: string, shape: Shape = {}): CityReading {
  const { height = 100, chain, fork = 0, muhash = "b", reasons = [] } = shape;
  const recent = Array.from({ length: 16 }, (_, back) => hashOf(height - back, chain, fork));
  const tip = {
    height,
    hash: hashOf(height, chain, fork),
    muhash: muhash.padStart(64, "0") as HashHex,
    recent,
  };
  return { city: code, answer: { reasons, tip } };
}

function found(readings: readonly CityReading[]): Record<string, string> {
  const { cities } = judgeFleet(readings, NOW);
  const said = cities.flatMap(({ city: code, reasons, ready }) => {
    const names = reasons.map(({ name, out }) => name + (out ? "" : " (said)")).join(" ");
    expect(ready).toBe(reasons.every(({ out }) => !out));
    return names === "" ? [] : [[code, names] as const];
  });
  return Object.fromEntries(said);
}

describe("what cities say of each other", () => {
  it("is nothing while they agree, a block or two apart", () => {
    expect(found([city("syd"), city("lon", { height: 99 }), city("sin", { height: 101 })])).toEqual(
      {},
    );
    expect(judgeFleet([city("syd"), city("lon", { height: 99 })], NOW).groups).toEqual([
      ["syd", "lon"],
    ]);
  });

  it("is no split while only the newest two blocks differ", () => {
    expect(found([city("syd"), city("lon"), city("sin", { chain: "c", fork: 98 })])).toEqual({});
  });

  it("is nothing of one whose store is broken: it says so itself", () => {
    const store = reasonOf("store", { text: "The window ends elsewhere", since: NOW });
    const broken = { chain: "c", muhash: "d", reasons: [store] };
    expect(found([city("syd"), city("lon"), city("sin", broken)])).toEqual({ sin: "store" });
    expect(found([city("sin", broken)])).toEqual({ sin: "store" });
  });

  it("is a split of the minority once three do", () => {
    const readings = [city("syd"), city("lon"), city("sin", { chain: "c", fork: 97 })];
    expect(found(readings)).toEqual({ sin: "split" });
    expect(judgeFleet(readings, NOW).groups).toEqual([["syd", "lon"], ["sin"]]);
  });

  it("finds three chains, the largest of which stays", () => {
    const readings = [
      city("syd", { chain: "c", fork: 90 }),
      city("lon"),
      city("sin"),
      city("sfo", { chain: "d", fork: 80, height: 101 }),
    ];
    expect(found(readings)).toEqual({ syd: "split", sfo: "split" });
  });

  it("takes nobody out where neither side is larger", () => {
    const readings = [city("syd"), city("lon", { chain: "c", fork: 90 })];
    expect(found(readings)).toEqual({ syd: "split (said)", lon: "split (said)" });
  });

  it("is a state split, and no split, where the same block has two sets", () => {
    const readings = [city("syd"), city("lon"), city("sin", { muhash: "c" })];
    expect(found(readings)).toEqual({ sin: "state-split" });
    expect(judgeFleet(readings, NOW).groups).toHaveLength(1);
  });

  it("compares sets at the same block alone", () => {
    expect(found([city("syd"), city("lon", { height: 101, muhash: "c" })])).toEqual({});
  });

  it("is behind the median by more than two blocks, with no word on the chain of who is far", () => {
    const readings = [city("syd"), city("lon"), city("sin", { height: 97 }), city("sfo")];
    expect(found(readings)).toEqual({ sin: "behind" });
    const far = city("sin", { height: 60, chain: "c", fork: 10 });
    expect(found([city("syd"), city("lon"), far])).toEqual({ sin: "behind" });
  });

  it("repeats what a city says itself, once", () => {
    const behind = reasonOf("behind", { text: "9 blocks behind", since: NOW });
    const readings = [city("syd"), city("lon"), city("sin", { height: 91, reasons: [behind] })];
    expect(found(readings)).toEqual({ sin: "behind" });
  });

  it("blames nobody for an old tip that everybody has", () => {
    const reasons = [reasonOf("stale", { text: "old", since: NOW })];
    expect(found([city("syd", { reasons }), city("lon")])).toEqual({ syd: "stale" });
    expect(found([city("syd", { reasons }), city("lon", { reasons })])).toEqual({
      syd: "stale (said)",
      lon: "stale (said)",
    });
  });

  it("names who did not answer, and whoever has no tip yet by its own reasons", () => {
    const reasons = [reasonOf("phase", { text: "opening", since: NOW })];
    const readings: CityReading[] = [
      city("syd"),
      { city: "lon", answer: undefined },
      { city: "sin", answer: { reasons, tip: undefined } },
    ];
    expect(found(readings)).toEqual({ lon: "unreachable", sin: "phase" });
    const compared = { split: [], "state-split": [] };
    expect(judgeFleet([], NOW)).toEqual({ cities: [], groups: [], compared });
  });
});

describe("who is in rotation after a sweep", () => {
  it("leaves out who was unreachable once, or unready twice", () => {
    const before = [
      { city: "lon", ready: false },
      { city: "sin", ready: true },
    ];
    const now = [
      { city: "syd", ready: true, reached: true },
      { city: "lon", ready: false, reached: true },
      { city: "sin", ready: false, reached: true },
      { city: "sfo", ready: false, reached: false },
    ];
    expect([...rotationAfter(before, now)]).toEqual([
      ["syd", true],
      ["lon", false],
      ["sin", true],
      ["sfo", false],
    ]);
  });

  it("takes back who is ready again at once", () => {
    const before = [{ city: "lon", ready: false }];
    expect(rotationAfter(before, [{ city: "lon", ready: true, reached: true }]).get("lon")).toBe(
      true,
    );
  });
});
