import { describe, expect, it } from "vitest";
import { cityDeployment } from "#services/cli/fleet/city-deployments.ts";
import type { CityLook } from "#services/cli/fleet/deploy-ports.ts";
import { deployedLines, groupLines, viewDeployed } from "#services/cli/fleet/describe-deployed.ts";
import { createHttpCityHealth } from "#services/cli/fleet/http-city-health.ts";
import type { StackState } from "#shared/adapters/aws/stack-states.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

const hash = (byte: string) => byte.repeat(32);
const ready = (byte: string) => ({
  reasons: [],
  tip: { height: 300, hash: hash(byte), muhash: hash("11"), recent: Array(16).fill(hash(byte)) },
  version: "2",
});
const ANSWERS: Readonly<Record<string, unknown>> = {
  syd: ready("aa"),
  lon: ready("aa"),
  sin: ready("bb"),
  fra: { reasons: "none" },
  tyo: { ...ready("aa"), reasons: [{ name: "moon", code: "EXOS-E2001" }] },
  // Of a newer release than whoever asks.
  bom: {
    ...ready("aa"),
    reasons: [
      { name: "moon", code: "EXOS-E8999", text: "Full moon", since: 5, fix: "Wait", out: false },
    ],
  },
};

const health = createHttpCityHealth({
  baseOf: async (city) => (city === "par" ? undefined : `https://fleet.example/c/${city}`),
  known: ["syd", "sin", "fra", "sel"],
  alarmsOf: async (city) => (city === "lon" ? ["TipAge"] : []),
  request: (async (url: string) => {
    const city = /\/c\/(\w+)\/readyz$/.exec(url)?.[1] ?? "";
    if (city === "sel") throw new TypeError("fetch failed");
    return new Response(JSON.stringify(ANSWERS[city]), { status: 503 });
  }) as typeof fetch,
});
const CITIES = ["syd", "lon", "sin", "fra", "tyo", "par", "sel", "bom"];

describe("a fleet seen from outside", () => {
  it("has an answer of each city that answers as one does, and of no other", async () => {
    const looks = await health.look(CITIES);
    expect(
      looks.map(({ city, answer, version, alarms }) => [
        city,
        answer?.tip?.height,
        version,
        alarms.length > 0,
      ]),
    ).toEqual([
      ["syd", 300, "2", false],
      ["lon", 300, "2", true],
      ["sin", 300, "2", false],
      ["fra", undefined, undefined, false],
      ["tyo", undefined, undefined, false],
      ["par", undefined, undefined, false],
      ["sel", undefined, undefined, false],
      ["bom", 300, "2", false],
    ]);
    const [bom] = viewDeployed(looks.slice(-1), undefined, unixSeconds(9)).cities;
    expect(bom).toMatchObject({ ready: true, reasons: [{ text: "Full moon", fix: "Wait" }] });
  });

  it("is told with who differs and who is silent", async () => {
    const view = viewDeployed(
      await health.look(["syd", "lon", "sin", "sel"]),
      undefined,
      unixSeconds(9),
    );
    expect(view.groups).toEqual([["syd", "lon"], ["sin"]]);
    expect(view.cities.map((city) => city.ready)).toEqual([true, true, false, false]);
    const lines = deployedLines(view);
    expect(lines[0]).toMatch(/^city +state +release +height +tip$/);
    expect(lines[2]).toMatch(/^lon +ready +2 +300 +aaaaaaaaaaaa… +ALARM TipAge$/);
    expect(lines).toContain("SPLIT: syd lon | sin");
    expect(lines.some((line) => line.startsWith("sel: No answer."))).toBe(true);
    expect(lines.at(-1)).toBe("Nothing was deployed by exos fleet deploy.");
  });
});

describe("the groups of a fleet", () => {
  it("tell chains apart, and coins at one block, and who is not compared", () => {
    const looks = (["syd", "lon", "sin", "fra", "sel"] as const).map((city) => {
      const chain = city === "sin" ? "bb" : "aa";
      const tip = { ...ready(chain).tip, muhash: hash(city === "fra" ? "22" : "11") };
      const answer = city === "sel" ? undefined : { reasons: [], tip };
      return { city, version: "2", alarms: [], answer };
    });
    expect(
      groupLines(viewDeployed(looks as readonly CityLook[], undefined, unixSeconds(9))),
    ).toEqual([
      "chain 1 of 2: syd lon fra",
      "  300 aaaaaaaaaaaa…, coins 111111111111…: syd lon",
      "  300 aaaaaaaaaaaa…, coins 222222222222…: fra",
      "chain 2 of 2: sin",
      "  300 bbbbbbbbbbbb…, coins 111111111111…: sin",
      "not compared: sel",
    ]);
  });
});

describe("where a city stands", () => {
  /** Its five stacks, of which one prints a release. */
  const stacks = (
    node: StackState["state"],
    observe: StackState["state"],
    rpc: StackState["state"] = "settled",
  ) =>
    (["settled", "settled", node, observe, rpc] as const).map(
      (state, at): StackState => ({
        name: `stack ${at}`,
        state,
        said: "SO",
        outputs: { Release: at === 4 ? "1" : "new" },
      }),
    );
  const absent = stacks("absent", "absent").map((stack) => ({
    ...stack,
    state: "absent" as const,
  }));

  it.each<readonly [string, readonly StackState[], object]>([
    ["at rest, of one release", stacks("settled", "settled"), { state: "settled", version: "1" }],
    ["undone", stacks("failed", "failed"), { state: "settled", version: "1" }],
    ["with a stack missing", stacks("settled", "absent"), { state: "settled", version: undefined }],
    ["without its last", stacks("settled", "settled", "absent"), { state: "settled" }],
    ["before its last", stacks("settled", "settled", "failed"), { state: "settled", version: "1" }],
    ["on its way", stacks("broken", "busy"), { state: "busy", what: "stack 3 SO" }],
    ["stuck", stacks("settled", "broken"), { state: "broken", reason: "stack 3 SO" }],
    ["nowhere", absent, { state: "absent" }],
  ])("is told: %s", (_, found, expected) => {
    expect(cityDeployment(found)).toEqual(expected);
  });
});
