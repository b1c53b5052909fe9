import { describe, expect, it } from "vitest";
import { judgeSet } from "#shared/coins/judge-set.ts";
import type { Network } from "#shared/consensus/params.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

const hash = (digit: string) => digit.repeat(64) as HashHex;
const SET = { height: height(2_999), hash: hash("a"), muhash: hash("1") };
const pin = (of: Partial<typeof SET>) => {
  const { height: at, ...rest } = { ...SET, ...of };
  return { height: at, hash: fromHashHex(rest.hash), muhash: fromHashHex(rest.muhash) };
};
const on = (kind: Network["kind"], ...pinnedSets: ReturnType<typeof pin>[]) => ({
  name: "net",
  kind,
  consensus: { pinnedSets },
});
const ONE = hash("1");
const TWO = hash("2");

describe("a set", () => {
  it.each([
    ["that is pinned", on("main", pin({})), undefined, "pinned"],
    ["that is pinned, and named", on("main", pin({})), ONE, "pinned"],
    ["that somebody names", on("main"), ONE, "named"],
    [
      "that somebody names where another height is pinned",
      on("main", pin({ height: height(9) })),
      ONE,
      "named",
    ],
    ["of a network for development", on("regtest"), undefined, "development"],
  ] as const)("%s is taken", (_, network, trust, value) => {
    expect(judgeSet(SET, { network, trust })).toEqual({ ok: true, value });
  });

  it.each([
    ["for which nobody vouches", on("main"), undefined, [ONE]],
    ["for which nobody vouches, on a test network", on("test"), undefined, [ONE]],
    ["other than the one that is named", on("main"), TWO, [ONE, TWO]],
    ["other than the one that is named, though it is pinned", on("main", pin({})), TWO, [ONE, TWO]],
    ["other than the pinned one", on("main", pin({ muhash: TWO })), undefined, [TWO, ONE]],
    [
      "other than the pinned one, though it is named",
      on("main", pin({ muhash: TWO })),
      ONE,
      [TWO, ONE],
    ],
    [
      "other than the pinned one, in development too",
      on("regtest", pin({ muhash: TWO })),
      undefined,
      [TWO, ONE],
    ],
    [
      "at another block than the pinned one",
      on("main", pin({ hash: hash("b") })),
      ONE,
      [hash("a"), hash("b")],
    ],
  ] as const)("%s is refused, with every digest", (_, network, trust, said) => {
    const judged = judgeSet(SET, { network, trust });
    expect(judged.ok).toBe(false);
    for (const digest of said)
      expect(judged).toMatchObject({ error: expect.stringContaining(digest) });
  });
});
