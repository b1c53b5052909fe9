import { describe, expect, it } from "vitest";
import { findWitnessed } from "#services/cli/fleet/find-witnessed.ts";
import { namedBeginning, vouchedWords } from "#services/cli/fleet/load-beginning.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

const hash = (digit: string) => digit.repeat(64) as HashHex;
const [ONE, TWO] = [hash("1"), hash("2")];
type Counted = Readonly<Record<string, HashHex | undefined>>;

/** A city that published sets, and what each city counted at their blocks. */
function fleet(counted: Readonly<Record<number, Counted>>) {
  return {
    bucket: "bucket",
    published: async () => [
      { height: 2_999, muhash: TWO },
      { height: 1_999, muhash: ONE },
    ],
    digestsAt: async (height: number) =>
      Object.entries(counted[height] ?? {}).map(([city, muhash]) => ({ city, muhash })),
  };
}
const three = (muhash: HashHex) => ({ lon: muhash, sin: muhash, sfo: muhash });

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
      "where a city that was not asked is not against it",
      { 2999: { ...three(TWO), fra: undefined } },
      2_999,
    ],
  ])("is witnessed: %s", async (_, counted, height) => {
    const found = await findWitnessed(fleet(counted));
    expect(found?.height).toBe(height);
    if (height !== undefined) expect(found?.witnesses).toEqual(["lon", "sin", "sfo"]);
  });
});

describe("what a load begins with", () => {
  const said: string[] = [];
  const on = (network: string) => ({ network, say: (line: string) => void said.push(line) });
  const named = namedBeginning({ from: "lon" }, "prod", "usage");
  if (named === undefined) throw new RangeError("a city was named");

  it("is what three cities vouch for, and says who they are", async () => {
    const words = await vouchedWords(named, fleet({ 2999: three(TWO) }), on("exos"));
    expect(words).toEqual(["--from", "bucket", "--trust", TWO]);
    expect(said).toEqual([`the set at 2999, ${TWO}: counted alike by lon, sin, sfo`]);
  });

  it("is refused where nobody vouches for it, but on networks for development", async () => {
    const nobody = fleet({});
    await expect(vouchedWords(named, nobody, on("exos"))).rejects.toThrow("London");
    expect(await vouchedWords(named, nobody, on("exos-regtest"))).toEqual(["--from", "bucket"]);
    const own = { ...named, trust: ONE };
    const words = ["--from", "bucket", "--trust", ONE];
    expect(await vouchedWords(own, nobody, on("exos"))).toEqual(words);
  });
});
