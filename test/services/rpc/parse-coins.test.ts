import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coinsText } from "#services/rpc/json/exact-number.ts";
import { parseCoins } from "#services/rpc/json/parse-coins.ts";

describe("an amount of coins", () => {
  it.each([
    ["1", 100_000_000n],
    ["1.5", 150_000_000n],
    [".5", 50_000_000n],
    ["5.", 500_000_000n],
    ["0.00000001", 1n],
    ["-0.1", -10_000_000n],
    ["1e-8", 1n],
    ["1.5e3", 150_000_000_000n],
    ["1.50000000000", 150_000_000n],
    ["0e-99", 0n],
    ["300000000.00000001", 30_000_000_000_000_001n],
    [1e-8, 1n],
    [0.1, 10_000_000n],
    [JSON.rawJSON("300000000.00000001"), 30_000_000_000_000_001n],
  ])("reads %s", (given, units) => {
    expect(parseCoins(given)).toBe(units);
  });

  it.each([
    "",
    ".",
    "-",
    "1,5",
    " 1",
    "0.000000001",
    "1e-9",
    "1e999",
    "0x10",
    "one",
    "Infinity",
    true,
    undefined,
    { coins: 1 },
  ])("takes %s for none", (given) => {
    expect(parseCoins(given)).toBeUndefined();
  });

  it("reads back whatever is printed", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }), (units) => {
        expect(parseCoins(coinsText(units))).toBe(units);
      }),
    );
  });
});
