import { describe, expect, it } from "vitest";
import type { Effect, Stage } from "#shared/consensus/verdict.ts";
import { type Blame, blameOf } from "#shared/p2p/blame-of.ts";

const rows: readonly (readonly [Stage, Effect, Blame])[] = [
  ["header", "invalid", "sender"],
  ["header", "until", "sender"],
  ["header", "bytes", "sender"],
  ["header", "unknown", "nobody"],
  ["integrity", "invalid", "sender"],
  ["integrity", "bytes", "sender"],
  ["partial", "invalid", "claimants"],
  ["partial", "until", "claimants"],
  ["partial", "bytes", "sender"],
  ["full", "invalid", "claimants"],
  ["full", "bytes", "sender"],
  ["full", "unknown", "nobody"],
];

describe("who is banned", () => {
  it.each(rows)("for a fault in %s that is %s: %s", (stage, effect, blame) => {
    expect(blameOf({ stage, effect })).toBe(blame);
  });
});
