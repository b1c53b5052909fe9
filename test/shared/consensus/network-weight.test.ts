import { describe, expect, it } from "vitest";
import { networkWeight } from "#shared/consensus/network-weight.ts";
import { compactBits, unixSeconds } from "#shared/primitives/brand.ts";

const header = (time: number, bits = 0x1b00ffff) => ({
  time: unixSeconds(time),
  bits: compactBits(bits),
});
/** 2^256 over the target of 1b00ffff: base units that prove every slot. */
const TRIES = 2 ** 48 / (0xffff / 0x10000);

describe("the weight of the network", () => {
  it("is the tries of the intervals over their time, for each slot", () => {
    const stakes = [header(320), header(160), header(0)];
    // Two blocks in twenty slots.
    expect(networkWeight(stakes, 16) / (TRIES / 10)).toBeCloseTo(1, 9);
  });

  it("counts 72 intervals and no more", () => {
    const stakes = Array.from({ length: 73 }, (_, index) => header(16 * (73 - index)));
    expect(networkWeight(stakes, 16) / TRIES).toBeCloseTo(1, 9);
    expect(networkWeight([...stakes, header(-10_000)], 16)).toBe(networkWeight(stakes, 16));
  });

  it("is nothing without an interval, and an impossible target counts for nothing", () => {
    expect(networkWeight([], 16)).toBe(0);
    expect(networkWeight([header(16)], 16)).toBe(0);
    expect(networkWeight([header(16), header(16)], 16)).toBe(0);
    expect(networkWeight([header(32, 0), header(16)], 16)).toBe(0);
  });
});
