import { describe, expect, it } from "vitest";
import type { CitySaying } from "#services/cli/fleet/deploy-ports.ts";
import { judgeWave } from "#services/cli/fleet/judge-wave.ts";
import { runWaves } from "#services/cli/fleet/wave-engine.ts";
import { type ReasonName, reasonOf } from "#shared/fleet/reason.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { BAKE, ORDER, waveWorld } from "../../support/wave-world.ts";

const NOW = unixSeconds(9);
const hashAt = (chain: string, height: number) =>
  chain.repeat(30).concat(height.toString(16).padStart(4, "0")) as HashHex;

interface Said {
  readonly version?: string;
  readonly height?: number;
  readonly chain?: string;
  readonly coins?: string;
  readonly reasons?: readonly ReasonName[];
}

/** A city as it answers, with its last sixteen blocks. */
function city(name: string, said: Said = {}): CitySaying {
  const { version = "1", height = 300, chain = "aa", coins = "11", reasons = [] } = said;
  const recent = Array.from({ length: 16 }, (_, back) => hashAt(chain, height - back));
  const tip = { height, hash: hashAt(chain, height), muhash: coins.repeat(32) as HashHex, recent };
  return {
    ...{ city: name, version },
    answer: { reasons: reasons.map((one) => reasonOf(one, { text: "so", since: NOW })), tip },
  };
}
const judge = (wave: Said, others: readonly CitySaying[], more: readonly CitySaying[] = []) =>
  judgeWave(
    {
      version: "2",
      wave: [city("syd", { version: "2", ...wave }), ...more].map((one) => ({
        ...one,
        alarms: [],
      })),
      others,
    },
    NOW,
  );
const OTHERS = [city("lon"), city("sin"), city("fra")];

describe("a wave among the other cities of its fleet", () => {
  it.each<readonly [string, Said, readonly CitySaying[], string | undefined]>([
    ["of one mind", {}, OTHERS, undefined],
    ["two blocks behind", { height: 298 }, OTHERS, undefined],
    ["five blocks before them", { height: 305 }, OTHERS, undefined],
    ["three behind", { height: 297 }, OTHERS, "syd: behind, 3 blocks behind most cities"],
    ["on another chain", { chain: "bb" }, OTHERS, "syd: split"],
    ["on another chain, a little further", { chain: "bb", height: 304 }, OTHERS, "syd: split"],
    [
      "on another chain, far above",
      { chain: "bb", height: 400 },
      OTHERS,
      "syd: its tip is too far",
    ],
    ["with other coins at the same block", { coins: "22" }, OTHERS, "syd: state-split"],
    ["against one alone", { chain: "bb" }, [city("lon")], "syd: split"],
    ["with nobody to compare with", { chain: "bb" }, [], undefined],
    [
      "with one that does not answer",
      {},
      [{ city: "lon", answer: undefined, version: undefined }],
      undefined,
    ],
    [
      "with one that loads, and is out of rotation by its own word",
      {},
      [city("lon", { height: 9, chain: "cc", reasons: ["behind"] })],
      undefined,
    ],
    [
      "with a fleet whose tip is old everywhere",
      { reasons: ["stale"] },
      [city("lon", { reasons: ["stale"] })],
      undefined,
    ],
    ["stale alone", { reasons: ["stale"] }, OTHERS, "syd: stale, so"],
    ["at another release", { version: "1" }, OTHERS, "syd: it runs 1"],
  ])("%s", (_, wave, others, complaint) => {
    const found = judge(wave, others);
    if (complaint === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(complaint);
  });

  it("is judged by those of another release, however many run the same one", () => {
    const forked: Said = { version: "2", chain: "bb" };
    const others = [city("lon", forked), city("sin", forked), city("fra")];
    expect(judge(forked, others, [city("par", forked)])).toContain("syd: split");
  });
});

describe("a release that follows another chain", () => {
  it.each<readonly [string, readonly (readonly string[])[]]>([
    ["the first wave", ORDER.waves],
    ["a wave that is deployed alone", [["fra"]]],
    ["most cities at once", [["syd", "lon", "sin"]]],
  ])("is caught in %s", async (_, waves) => {
    const { deps, running } = waveWorld({ forksBy: "2" });
    const outcome = await runWaves({ ...ORDER, waves }, deps);
    expect(outcome).toMatchObject({ state: "failed", wave: waves[0], stuck: [] });
    expect(outcome.state === "failed" && outcome.reason).toContain("Follows another chain");
    expect(running()).toBe("1111");
    expect(deps.clock.now()).toBeGreaterThan(BAKE);
  });
});
