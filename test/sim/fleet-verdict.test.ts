import { describe, expect, it } from "vitest";
import { parseHealthVector } from "#shared/fleet/health-vector.ts";
import type { ReasonName } from "#shared/fleet/reason.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { type Ailment, BEAT, openWatchedFleet, SPACING } from "../support/watched-fleet.ts";

const CODES = "syd lon sin sfo fra tyo par sel bom nyc ams atl blr".split(" ");

interface Fault {
  readonly what: string;
  /** How many cities have it. */
  readonly cities: number;
  readonly ailment: Ailment;
  readonly reason: ReasonName;
  /** Whether whoever has it leaves rotation. */
  readonly out: boolean;
  /** Seconds until it is one, by the limits of `judgeCity` and `judgeFleet`. */
  readonly after?: number;
}

const FAULTS: readonly Fault[] = [
  { what: "its peers are gone", cities: 1, ailment: { noPeers: true }, reason: "peers", out: true },
  {
    what: "its peer process died",
    cities: 1,
    ailment: { ingestDead: true },
    reason: "silent",
    out: true,
    after: 120,
  },
  {
    what: "two peer processes died",
    cities: 2,
    ailment: { ingestDead: true },
    reason: "silent",
    out: true,
    after: 120,
  },
  {
    what: "a block cannot be connected",
    cities: 1,
    ailment: { hintStuck: true },
    reason: "commit",
    out: true,
    after: 270 + BEAT,
  },
  {
    what: "bodies do not arrive",
    cities: 1,
    ailment: { blocksStop: true },
    reason: "behind",
    out: true,
  },
  {
    what: "it is cut off and does not know",
    cities: 1,
    ailment: { cutOff: true },
    reason: "behind",
    out: true,
    after: 3 * SPACING,
  },
  {
    what: "six are cut off",
    cities: 6,
    ailment: { cutOff: true },
    reason: "behind",
    out: true,
    after: 3 * SPACING,
  },
  {
    what: "its index stands still",
    cities: 1,
    ailment: { indexStops: true },
    reason: "index",
    out: true,
    after: 2 * SPACING,
  },
  {
    what: "a message was put aside",
    cities: 1,
    ailment: { deadLetters: 1 },
    reason: "dead-letters",
    out: false,
    after: BEAT,
  },
  {
    what: "its window lost its end",
    cities: 1,
    ailment: { window: "wrong end" },
    reason: "store",
    out: true,
  },
  {
    what: "its window lost the final block",
    cities: 1,
    ailment: { window: "no final" },
    reason: "store",
    out: true,
  },
  {
    what: "its header is another block's",
    cities: 2,
    ailment: { window: "wrong height" },
    reason: "store",
    out: true,
  },
  {
    what: "its coins are wrong",
    cities: 1,
    ailment: { wrongState: "c" },
    reason: "state-split",
    out: true,
  },
  {
    what: "the coins of six are wrong",
    cities: 6,
    ailment: { wrongState: "c" },
    reason: "state-split",
    out: true,
  },
  {
    what: "it follows a chain of its own",
    cities: 1,
    ailment: { chain: "d" },
    reason: "split",
    out: true,
    after: 3 * SPACING,
  },
  {
    what: "five follow another chain",
    cities: 5,
    ailment: { chain: "d" },
    reason: "split",
    out: true,
    after: 3 * SPACING,
  },
  {
    what: "it does not answer",
    cities: 1,
    ailment: { answer: "none" },
    reason: "unreachable",
    out: true,
  },
  {
    what: "four do not answer",
    cities: 4,
    ailment: { answer: "none" },
    reason: "unreachable",
    out: true,
  },
  {
    what: "it opens its stores",
    cities: 1,
    ailment: { answer: "opening" },
    reason: "phase",
    out: true,
  },
  {
    what: "its snapshot is unconfirmed",
    cities: 3,
    ailment: { assumed: true },
    reason: "assumed",
    out: false,
  },
];

/** A heartbeat and half a minute. */
const LIMIT = BEAT + 30;

describe("a fault in a fleet of thirteen", () => {
  const took: string[] = [];

  it.each(FAULTS.map((fault, seed) => [fault.what, seed] as const))("%s", async (_, seed) => {
    const fault = FAULTS[seed];
    if (fault === undefined) throw new RangeError("no such fault");
    const random = createSeededRandom(seed);
    const fleet = openWatchedFleet(CODES);
    for (let step = 0; step < 200 + random.below(120); step++) await fleet.step();
    expect([...fleet.said().values()].flatMap(({ reasons }) => reasons)).toEqual([]);
    expect(fleet.vectors()).toEqual([CODES.map((code) => `${code}1`).join("")]);

    const struck = new Set<string>();
    while (struck.size < fault.cities) struck.add(random.pick(CODES));
    for (const city of fleet.cities) {
      if (struck.has(city.code)) Object.assign(city.ailment, fault.ailment);
    }
    const { after = 0 } = fault;
    const isSaid = (code: string) =>
      fleet
        .said()
        .get(code)
        ?.reasons.some(({ name }) => name === fault.reason) === true;
    let passed = 0;
    while (![...struck].every(isSaid) && passed <= after + LIMIT) {
      await fleet.step();
      passed++;
    }
    took.push(`${fault.what}: ${fault.reason} after ${passed} s`);
    expect(passed).toBeLessThanOrEqual(after + LIMIT);
    // Twice unready, or once unreachable: the next sweep at the latest.
    for (let step = 0; step < BEAT; step++) await fleet.step();
    const out = parseHealthVector(fleet.vectors().at(-1) ?? "");
    expect(out.toSorted()).toEqual(fault.out ? [...struck].toSorted() : []);
    for (const [code, { reasons }] of fleet.said()) {
      if (!struck.has(code)) expect([code, reasons]).toEqual([code, []]);
      const splits = reasons.filter(({ name }) => name.endsWith("split"));
      if (fault.reason.endsWith("split") && struck.has(code)) {
        expect(splits.map(({ name }) => name)).toEqual([fault.reason]);
      } else expect(splits).toEqual([]);
    }
  });

  it("is nobody's where no block comes anywhere: all say so and stay", async () => {
    const fleet = openWatchedFleet(CODES);
    for (let step = 0; step < 100; step++) await fleet.step();
    fleet.stall();
    for (let step = 0; step < 1_800 + SPACING + LIMIT; step++) await fleet.step();
    for (const { reasons } of fleet.said().values()) {
      expect(reasons.map(({ name, out }) => [name, out])).toEqual([["stale", false]]);
    }
    expect(fleet.vectors()).toHaveLength(1);
  });

  it("ends, and whoever had it is back after one sweep", async () => {
    const fleet = openWatchedFleet(CODES);
    const [, lon] = fleet.cities;
    for (let step = 0; step < 120; step++) await fleet.step();
    Object.assign(lon?.ailment ?? {}, { answer: "none" });
    for (let step = 0; step < BEAT; step++) await fleet.step();
    expect(fleet.said().get("lon")?.inRotation).toBe(false);
    Object.assign(lon?.ailment ?? {}, { answer: undefined });
    for (let step = 0; step < BEAT; step++) await fleet.step();
    expect(fleet.said().get("lon")?.inRotation).toBe(true);
    expect(fleet.vectors()).toHaveLength(3);
  });

  it("was named in time each time", () => {
    process.stdout.write(
      `fleet verdict, limit ${LIMIT} s beyond each threshold:\n  ${took.join("\n  ")}\n`,
    );
    expect(took).toHaveLength(20);
  });
});
