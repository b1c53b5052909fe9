import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKernelSearch, type KernelCandidate } from "#shared/consensus/kernel-search.ts";
import { checkKernel } from "#shared/consensus/rules/check-kernel.ts";
import { hash256Packed } from "#shared/crypto/hash256-packed.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { amount, compactBits, type Hash256, unixSeconds } from "#shared/primitives/brand.ts";

const BITS = compactBits(0x1b00ffff);
const modifier = hash256(Uint8Array.of(1));
const NOW = 1_600_000_000;

function candidate(number: number, value: bigint, time = NOW - 1_000): KernelCandidate {
  const txid: Hash256 = hash256(Uint8Array.of(number & 255, number >> 8));
  return {
    prevout: { txid, index: number % 3 },
    coin: { value: amount(value), time: unixSeconds(time) },
  };
}

/** One coin of every size, so that some prove nearly every slot and some never. */
const candidates = Array.from({ length: 23 }, (_, index) =>
  candidate(index, 1n << BigInt(40 + index)),
);

describe("double SHA-256 of packed messages", () => {
  it("is that of each message alone, whatever their number", () => {
    const message = fc.uint8Array({ minLength: 76, maxLength: 76 });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 9 }), (messages) => {
        const digests = new Uint8Array(messages.length * 32);
        hash256Packed(Uint8Array.from(messages.flatMap((one) => [...one])), 76, digests);
        expect(digests).toEqual(Uint8Array.from(messages.flatMap((one) => [...hash256(one)])));
      }),
    );
  });
});

describe("the search for a kernel", () => {
  it("finds exactly what the rule accepts, coin by coin", () => {
    const search = createKernelSearch(modifier, BITS, candidates);
    let proofs = 0;
    for (let slot = 0; slot < 64; slot++) {
      const stakeTime = unixSeconds(NOW + 16 * slot);
      for (const [index, { prevout, coin }] of candidates.entries()) {
        const isProof = checkKernel({ modifier, prevout, stakeTime }, coin, BITS) === undefined;
        const found = search.tryAt(stakeTime, { from: index, count: 1 });
        expect(found, `coin ${index} at slot ${slot}`).toBe(isProof ? index : undefined);
        if (isProof) proofs++;
      }
    }
    // Chances of 2^-8, 2^-7, … 1/2, and from 2^48 base units on every slot.
    expect(proofs).toBeGreaterThan(64 * 15);
    expect(proofs).toBeLessThan(64 * 17);
  });

  it("answers with the first of several, from the coin it starts at", () => {
    const always = candidates.map(({ prevout, coin }) => ({
      prevout,
      coin: { ...coin, value: amount(1n << 50n) },
    }));
    const search = createKernelSearch(modifier, BITS, always);
    expect(search.tryAt(unixSeconds(NOW), { from: 0, count: 23 })).toBe(0);
    expect(search.tryAt(unixSeconds(NOW), { from: 7, count: 9 })).toBe(7);
    expect(search.tryAt(unixSeconds(NOW), { from: 23, count: 1 })).toBeUndefined();
    expect(search.tryAt(unixSeconds(NOW), { from: 22, count: 50 })).toBe(22);
  });

  it("takes no coin that is newer than the slot, and one of the same second", () => {
    const value = 1n << 50n;
    const late = createKernelSearch(modifier, BITS, [candidate(1, value, NOW + 1)]);
    expect(late.tryAt(unixSeconds(NOW), { from: 0, count: 1 })).toBeUndefined();
    const same = createKernelSearch(modifier, BITS, [candidate(1, value, NOW)]);
    expect(same.tryAt(unixSeconds(NOW), { from: 0, count: 1 })).toBe(0);
  });

  it("finds nothing where the target is zero", () => {
    const search = createKernelSearch(modifier, compactBits(0), candidates);
    expect(search.tryAt(unixSeconds(NOW), { from: 0, count: 23 })).toBeUndefined();
  });
});
