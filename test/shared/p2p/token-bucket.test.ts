import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBucket } from "#shared/p2p/token-bucket.ts";

describe("a token bucket", () => {
  it("gives its burst at once, and nothing more in that moment", () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 1 });
    expect(bucket.take(5, 0)).toBe(3);
    expect(bucket.take(1, 0)).toBe(0);
  });

  it("fills with time, up to its burst", () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 2 });
    bucket.take(3, 0);
    expect(bucket.take(3, 499)).toBe(0);
    expect(bucket.take(3, 500)).toBe(1);
    expect(bucket.take(9, 100_000)).toBe(3);
  });

  it("gains nothing by a clock that runs backwards", () => {
    const bucket = new TokenBucket({ burst: 1, perSecond: 1 });
    bucket.take(1, 10_000);
    expect(bucket.take(1, 0)).toBe(0);
    expect(bucket.take(1, 999)).toBe(0);
    expect(bucket.take(1, 1000)).toBe(1);
  });

  it("holds a grant beyond its burst, once", () => {
    const bucket = new TokenBucket({ burst: 1, perSecond: 1 });
    bucket.grant(10);
    expect(bucket.take(20, 0)).toBe(11);
    expect(bucket.take(20, 60_000)).toBe(1);
  });

  it("never gives more than its burst and what time brought", () => {
    const steps = fc.array(fc.tuple(fc.nat(20), fc.nat(3000)), { maxLength: 50 });
    fc.assert(
      fc.property(steps, (taken) => {
        const bucket = new TokenBucket({ burst: 10, perSecond: 2 });
        let nowMs = 0;
        let total = 0;
        for (const [wanted, laterMs] of taken) {
          nowMs += laterMs;
          total += bucket.take(wanted, nowMs);
          expect(total).toBeLessThanOrEqual(10 + (2 * nowMs) / 1000);
        }
      }),
    );
  });
});
