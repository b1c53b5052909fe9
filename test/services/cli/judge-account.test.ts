import { describe, expect, it } from "vitest";
import { CITIES } from "#regions/fleet.ts";
import { judgeAccount, placesOf } from "#services/cli/fleet/judge-account.ts";

const OURS = "111122223333";
const THEIRS = "444455556666";
const deployment = { accounts: { prod: OURS }, cityAccounts: { "prod/fra": THEIRS } };
const named = (...codes: readonly string[]) => CITIES.filter(({ code }) => codes.includes(code));
const judge = (codes: readonly string[], found: string | undefined, edge = false) =>
  judgeAccount(placesOf({ fleet: "prod", deployment, cities: named(...codes), edge }), found);

describe("whose credentials these are", () => {
  it("is what every city, and the edge where it is changed, must agree with", () => {
    expect(judge(["syd", "lon"], OURS, true)).toBe(OURS);
    expect(judge(["fra"], THEIRS)).toBe(THEIRS);
    expect(judge(["ams"], OURS)).toBe(OURS);
  });

  it.each<readonly [string, readonly string[], string | undefined, boolean, string]>([
    ["one city among others", ["syd", "fra"], OURS, false, `fra wants ${THEIRS}`],
    ["all but one city", ["syd", "lon", "fra"], THEIRS, false, `syd wants ${OURS}, lon wants`],
    ["the edge alone", ["fra"], THEIRS, true, `the edge wants ${OURS}`],
    ["what cities outside AWS read", ["ams"], THEIRS, false, `the edge wants ${OURS}`],
    ["credentials of nobody", ["syd"], undefined, false, "of the account nobody"],
  ])("names %s that they are not for, what it wants and what was found", (...row) => {
    const [, codes, found, edge, sentence] = row;
    expect(() => judge(codes, found, edge)).toThrow(
      expect.objectContaining({
        code: "EXOS-E8009",
        message: expect.stringContaining(sentence),
      }),
    );
    expect(() => judge(codes, found, edge)).toThrow(String(found ?? "nobody"));
  });

  it("names cities without an account before anybody is asked", () => {
    const bare = { accounts: {}, cityAccounts: { "prod/fra": THEIRS } };
    const cities = named("syd", "fra");
    expect(() => placesOf({ fleet: "prod", deployment: bare, cities })).toThrow(
      expect.objectContaining({
        code: "EXOS-E8004",
        message: "regions/deployment.ts names no account of syd: accounts.prod",
      }),
    );
  });
});
