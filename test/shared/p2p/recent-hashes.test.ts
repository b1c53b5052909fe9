import { describe, expect, it } from "vitest";
import { RecentHashes } from "#shared/p2p/recent-hashes.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

// The hash of a test is any 32 bytes.
const hashOf = (byte: number) => new Uint8Array(32).fill(byte) as Hash256;

describe("the hashes that were added last", () => {
  it("are as many as the limit, the oldest forgotten first", () => {
    const recent = new RecentHashes(2);
    for (const byte of [1, 2, 3]) recent.add(hashOf(byte));
    expect(recent.size).toBe(2);
    expect([1, 2, 3].map((byte) => recent.has(hashOf(byte)))).toEqual([false, true, true]);
  });

  it("are remembered once, however often they are added", () => {
    const recent = new RecentHashes(2);
    for (const byte of [1, 2, 1, 1, 3]) recent.add(hashOf(byte));
    expect([1, 2, 3].map((byte) => recent.has(hashOf(byte)))).toEqual([false, true, true]);
  });

  it("are gone once they are deleted", () => {
    const recent = new RecentHashes(2);
    recent.add(hashOf(1));
    expect(recent.delete(hashOf(1))).toBe(true);
    expect(recent.delete(hashOf(1))).toBe(false);
    expect(recent.size).toBe(0);
  });
});
