import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { hashKey } from "#shared/primitives/hash-key.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Hash256);

describe("the key of a hash", () => {
  it("is the same for the same hash and no other", () => {
    fc.assert(
      fc.property(hash, hash, (a, b) => {
        expect(hashKey(a)).toBe(hashKey(a.slice() as Hash256));
        expect(hashKey(a) === hashKey(b)).toBe(equalBytes(a, b));
      }),
    );
  });

  it("differs for every byte", () => {
    const zero = new Uint8Array(32) as Hash256;
    const keys = new Set([hashKey(zero)]);
    for (let at = 0; at < 32; at++) keys.add(hashKey(zero.with(at, 1) as Hash256));
    expect(keys.size).toBe(33);
  });
});
