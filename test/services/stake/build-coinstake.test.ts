import { describe, expect, it } from "vitest";
import { isWorthSplitting } from "#services/stake/build-coinstake.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { amount, height } from "#shared/primitives/brand.ts";

const COIN = 100_000_000n;
const { maturityBlocks, stake } = exos.consensus;
if (stake === undefined) throw new RangeError("the network stakes");
const params = { maturityBlocks, stake };
const policy = { enabled: true, valueMin: amount(100n * COIN) };
const at = (heightOf: number, weight: bigint) => ({
  height: height(heightOf),
  stakedWeight: amount(weight),
});

describe("a coin that stakes", () => {
  it("is split from the first base unit above eight times the smallest part", () => {
    const split = (value: bigint) => isWorthSplitting(amount(value), at(1_000, 0n), policy, params);
    expect(split(800n * COIN)).toBe(false);
    expect(split(800n * COIN + 1n)).toBe(true);
  });

  it.each([
    ["below height 500,000, where it rests 50 blocks", 499_999, 153n],
    ["from there on, where it rests 500", 500_000, 1_503n],
  ] as const)("is split above a coin more than its share of the weight: %s", (_, h, coins) => {
    const weight = 1_503n * 153n * 1_000n * COIN;
    const share = weight / coins + COIN;
    expect(isWorthSplitting(amount(share), at(h, weight), policy, params)).toBe(false);
    expect(isWorthSplitting(amount(share + 1n), at(h, weight), policy, params)).toBe(true);
  });

  it("is never split where the operator does not want it", () => {
    const off = { ...policy, enabled: false };
    expect(isWorthSplitting(amount(10n ** 15n), at(1_000, 0n), off, params)).toBe(false);
  });
});
