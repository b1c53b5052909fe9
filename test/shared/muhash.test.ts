import { createCipheriv } from "node:crypto";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MuHash } from "#shared/crypto/muhash.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

const PRIME = 2n ** 3072n - 1103717n;
const VALUE_BYTES = 384;

const toNumber = (bytes: Uint8Array) => BigInt(`0x${bytesToHex(bytes.toReversed())}`);
const toBytes = (value: bigint) =>
  hexToBytes(value.toString(16).padStart(2 * VALUE_BYTES, "0")).reverse();

/** The number of an element, by Node's ChaCha20. */
function elementOf(data: Uint8Array): bigint {
  const cipher = createCipheriv("chacha20", sha256(data), new Uint8Array(16));
  return toNumber(Uint8Array.from(cipher.update(new Uint8Array(VALUE_BYTES))));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base % PRIME, exponent]; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

/** Bitcoin Core's test elements: 32 bytes, the first of them a small number. */
const numbered = (value: number) => Uint8Array.of(value, ...new Uint8Array(31));

function setOf(inserted: readonly Uint8Array[], removed: readonly Uint8Array[] = []): MuHash {
  const set = new MuHash();
  for (const data of inserted) set.insert(data);
  for (const data of removed) set.remove(data);
  return set;
}

describe("what Bitcoin Core publishes", () => {
  it("0 and 1 without 2", () => {
    expect(toHashHex(setOf([numbered(0), numbered(1)], [numbered(2)]).digest())).toBe(
      "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863",
    );
  });

  it("the empty set", () => {
    expect(toHashHex(new MuHash().digest())).toBe(
      "dd5ad2a105c2d29495f577245c357409002329b9f4d6182c0af3dc2f462555c8",
    );
  });
});

it("multiplies numbers as BigInt does, whatever their form", () => {
  const near = (base: bigint) => fc.bigInt(-3n, 3n).map((offset) => base + offset);
  const number = fc.oneof(
    fc.uint8Array({ minLength: VALUE_BYTES, maxLength: VALUE_BYTES }).map(toNumber),
    fc.constantFrom(0n, 1n, 2n ** 3072n - 1n),
    near(PRIME),
    fc.integer({ min: 2, max: 3071 }).chain((bits) => near(2n ** BigInt(bits))),
  );
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      const set = MuHash.from(toBytes(a));
      set.combine(MuHash.from(toBytes(b)));
      set.combine(MuHash.from(toBytes(c)));
      expect(toNumber(set.serialize())).toBe((((a * b) % PRIME) * c) % PRIME);
    }),
    { numRuns: 500 },
  );
});

it("is the product of the elements over those removed", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), bytes, (inserted, removed) => {
      const product = inserted.reduce((value, data) => (value * elementOf(data)) % PRIME, 1n);
      const inverse = power(elementOf(removed), PRIME - 2n);
      expect(toNumber(setOf(inserted, [removed]).serialize())).toBe((product * inverse) % PRIME);
    }),
    { numRuns: 10 },
  );
});

it("gives one value for one set, however it came about", () => {
  const [a, b, c, d] = [numbered(1), numbered(2), new Uint8Array(0), new Uint8Array(5000)];
  const digest = setOf([a, b, c]).digest();
  expect(setOf([c, a, b]).digest()).toEqual(digest);
  expect(setOf([d, a, b, c], [d]).digest()).toEqual(digest);
  expect(setOf([a, b]).digest()).not.toEqual(digest);
  expect(setOf([a, b, c, c]).digest()).not.toEqual(digest);

  const removedFirst = setOf([], [d]);
  removedFirst.serialize();
  const joined = setOf([a]);
  joined.combine(removedFirst);
  joined.combine(setOf([d, c, b]));
  expect(joined.digest()).toEqual(digest);
});

it("goes on from what it serialised", () => {
  const set = setOf([numbered(1), numbered(2)], [numbered(3)]);
  const bytes = set.serialize();
  expect(bytes).toHaveLength(VALUE_BYTES);
  expect(set.serialize()).toEqual(bytes);
  const restored = MuHash.from(bytes);
  for (const each of [set, restored]) each.insert(numbered(3));
  expect(restored.digest()).toEqual(set.digest());
  expect(restored.digest()).toEqual(setOf([numbered(1), numbered(2)]).digest());
});

it("leaves a set that was combined into another as it was", () => {
  const set = setOf([numbered(1)], [numbered(2)]);
  const before = set.serialize();
  setOf([numbered(3)]).combine(set);
  expect(set.serialize()).toEqual(before);
});

it("throws for bytes of another length", () => {
  expect(() => MuHash.from(new Uint8Array(VALUE_BYTES - 1))).toThrow(RangeError);
  expect(() => MuHash.from(new Uint8Array(VALUE_BYTES + 1))).toThrow(RangeError);
});
