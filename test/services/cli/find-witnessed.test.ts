import { describe, expect, it } from "vitest";
import { findWitnessed } from "#services/cli/fleet/find-witnessed.ts";
import { createHttpCountedSets } from "#services/cli/fleet/http-counted-sets.ts";
import {
  type BeginningDeps,
  beginningWords,
  namedBeginning,
} from "#services/cli/fleet/load-beginning.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

const hash = (digit: string) => digit.repeat(64) as HashHex;
const [ONE, TWO] = [hash("1"), hash("2")];
const CITIES = ["syd", "lon", "sin", "sfo", "fra", "ams", "bom"];
type Counted = Readonly<Record<string, HashHex | undefined>>;

const setOf = (city: string, at: number, muhash: HashHex) => ({
  ...{ city, height: height(at), hash: hash("a"), muhash },
});
const LONDON = [setOf("lon", 2_999, TWO), setOf("lon", 1_999, ONE)];

/** Cities that published sets, and what each city counted at their blocks. */
function fleet(counted: Readonly<Record<number, Counted>>, network: Network = exos) {
  const said: string[] = [];
  const asked: string[] = [];
  const deps: BeginningDeps = {
    network,
    city: "syd",
    cities: CITIES,
    publishers: ["syd", "lon", "sin"],
    countedBy: async (city, at) => {
      asked.push(`${city} ${at}`);
      const muhash = counted[at]?.[city];
      return muhash && { hash: hash(city === "bom" ? "b" : "a"), muhash };
    },
    published: async (city) => LONDON.filter((set) => set.city === city),
    bucketOf: (city) => `bucket-${city}`,
    say: (line) => void said.push(line),
  };
  return { deps, said, asked };
}
const three = (muhash: HashHex) => ({ lon: muhash, sin: muhash, ams: muhash });
const pinning = (muhash: HashHex): Network => {
  const pin = { height: height(2_999), hash: fromHashHex(hash("a")), muhash: fromHashHex(muhash) };
  return { ...exos, consensus: { ...exos.consensus, pinnedSets: [pin] } };
};

describe("a published set", () => {
  it.each<[string, Readonly<Record<number, Counted>>, number | undefined]>([
    ["of the newest that three counted alike", { 2999: three(TWO), 1999: three(ONE) }, 2_999],
    [
      "of an older one, where two counted the newest",
      { 2999: { lon: TWO, sin: TWO }, 1999: three(ONE) },
      1_999,
    ],
    ["of none, where nobody counted", { 2999: { lon: undefined, sin: undefined } }, undefined],
    ["of none, where three counted another", { 2999: three(ONE) }, undefined],
    [
      "of none, where one of four counted another",
      { 2999: { ...three(TWO), fra: ONE } },
      undefined,
    ],
    [
      "of none, where the third counted the same at another block",
      { 2999: { lon: TWO, sin: TWO, bom: TWO } },
      undefined,
    ],
    [
      "where a city that was not asked is not against it",
      { 2999: { ...three(TWO), fra: undefined } },
      2_999,
    ],
  ])("is witnessed: %s", async (_, counted, at) => {
    const found = await findWitnessed(LONDON.toReversed(), fleet(counted).deps);
    expect(found?.height).toBe(at);
    if (at !== undefined) expect(found?.witnesses).toEqual(["lon", "sin", "ams"]);
  });

  it("needs no witness where the network pins it, and has none where it pins another", async () => {
    const pinned = fleet({}, pinning(TWO));
    expect(await findWitnessed(LONDON, pinned.deps)).toMatchObject({ height: 2_999, muhash: TWO });
    expect(pinned.asked).toEqual([]);
    const other = fleet({ 2999: three(TWO), 1999: three(ONE) }, pinning(ONE));
    expect(await findWitnessed(LONDON, other.deps)).toMatchObject({ height: 1_999 });
    expect(other.said.join()).toMatch(new RegExp(`lon at 2999 is left: .*${ONE}.*${TWO}`));
  });
});

describe("what a load begins with", () => {
  const named = (from?: string, trust?: string) =>
    namedBeginning({ ...(from && { from }), ...(trust && { trust }) }, "prod", "usage");

  it("is what three cities vouch for, and says who they are", async () => {
    const { deps, said } = fleet({ 2999: three(TWO) });
    const words = ["--from", "bucket-lon", "--trust", TWO];
    expect(await beginningWords(named("lon"), false, deps)).toEqual(words);
    expect(said).toEqual([
      `it begins with the set at 2999, ${TWO}: counted alike by lon, sin, ams`,
    ]);
  });

  it("is refused where nobody vouches for it, but on networks for development", async () => {
    const nobody = fleet({}).deps;
    await expect(beginningWords(named("lon"), false, nobody)).rejects.toThrow("London");
    const words = ["--from", "bucket-lon"];
    const development = fleet({}, exosRegtest).deps;
    expect(await beginningWords(named("lon"), false, development)).toEqual(words);
    const newest = await beginningWords(named(), false, development);
    expect(newest).toEqual([...words, "--trust", TWO]);
    const own = ["--from", "bucket-lon", "--trust", ONE];
    expect(await beginningWords(named("lon", ONE), false, nobody)).toEqual(own);
  });

  it("is the city's own set where it counted that itself, which the task finds", async () => {
    const { deps, said } = fleet({ 2999: three(TWO), 1999: { lon: ONE } });
    const own = { ...deps, city: "lon" };
    expect(await beginningWords(named(), false, own)).toEqual([]);
    expect(said).toEqual([`it begins with its own set at 2999, ${TWO}`]);
  });

  it("is the newest of another city where it has none, or is to forget its chain", async () => {
    const words = ["--from", "bucket-lon", "--trust", TWO];
    const { deps } = fleet({ 2999: three(TWO) });
    expect(await beginningWords(named(), false, deps)).toEqual(words);
    expect(await beginningWords(named(), true, deps)).toEqual(words);
    // Its own count says nothing of the chain that it is to follow.
    const forgetting = fleet({ 2999: { lon: TWO } });
    const genesis = ["--from", "genesis"];
    expect(await beginningWords(named(), true, { ...forgetting.deps, city: "lon" })).toEqual(
      genesis,
    );
  });

  it("is genesis where nothing may be trusted, or where that is named", async () => {
    const { deps, said, asked } = fleet({ 2999: { lon: TWO } });
    expect(await beginningWords(named(), false, deps)).toEqual(["--from", "genesis"]);
    expect(said.join()).toContain("judged from genesis");
    asked.length = 0;
    expect(await beginningWords(named("genesis"), false, deps)).toEqual(["--from", "genesis"]);
    expect(asked).toEqual([]);
    expect(() => named("genesis", ONE)).toThrow("--trust goes with --from and a city");
  });
});

describe("what cities say that they counted", () => {
  it("is asked of each by HTTP, and is nothing of one that does not answer as a city", async () => {
    const said: string[] = [];
    const answers: Readonly<Record<string, () => Response>> = {
      "https://x/c/lon/v1/snapshots/2999": () =>
        Response.json({ height: 2_999, hash: ONE, muhash: TWO }),
      "https://x/c/sin/v1/snapshots/2999": () =>
        Response.json({ code: "EXOS-E4041" }, { status: 404 }),
      "https://x/c/sfo/v1/snapshots/2999": () => new Response("<html>"),
      "https://x/c/fra/v1/snapshots/2999": () =>
        Response.json({ height: 1, hash: ONE, muhash: TWO }),
    };
    const countedBy = createHttpCountedSets({
      baseOf: async (city) => (city === "syd" ? undefined : `https://x/c/${city}`),
      request: async (url) => answers[String(url)]?.() ?? Promise.reject(new TypeError("refused")),
      say: (line) => void said.push(line),
    });
    const told = await Promise.all(CITIES.map((city) => countedBy(city, 2_999)));
    expect(told.map((one) => one?.muhash)).toEqual([undefined, TWO, ...Array(5)]);
    expect(told[1]?.hash).toBe(ONE);
    expect(said.map((line) => line.slice(0, 19)).sort()).toEqual([
      "ams cannot be asked",
      "bom cannot be asked",
      "sfo cannot be asked",
    ]);
  });
});
