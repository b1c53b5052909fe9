import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Hash256);
const index = fc.integer({ min: 0, max: 0xffff_ffff });

describe("the key of an output", () => {
  it("is the same for the same output and no other", () => {
    fc.assert(
      fc.property(hash, index, hash, index, (a, i, b, j) => {
        const same = equalBytes(a, b) && i === j;
        expect(outpointKey({ txid: a, index: i })).toBe(
          outpointKey({ txid: a.slice() as Hash256, index: i }),
        );
        expect(outpointKey({ txid: a, index: i }) === outpointKey({ txid: b, index: j })).toBe(
          same,
        );
      }),
    );
  });

  it("differs for every byte and for both halves of the index", () => {
    const txid = new Uint8Array(32) as Hash256;
    const keys = new Set([outpointKey({ txid, index: 0 })]);
    for (let at = 0; at < 32; at++) {
      keys.add(outpointKey({ txid: txid.with(at, 1) as Hash256, index: 0 }));
    }
    for (const other of [1, 0x1_0000, 0xffff_ffff]) keys.add(outpointKey({ txid, index: other }));
    expect(keys.size).toBe(36);
  });
});
