import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hash256 } from "#shared/crypto/hashes.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, zeroHash } from "#shared/primitives/hash.ts";

const leaf = (value: number) => hash256(Uint8Array.of(value & 255, value >> 8));
const leaves = (count: number) => Array.from({ length: count }, (_, index) => leaf(index));
const combine = (left: Uint8Array, right: Uint8Array) => hash256(Uint8Array.of(...left, ...right));

/** The definition, from the top: the left subtree is the largest full one. */
function rootOf(hashes: readonly Hash256[], width: number): Hash256 {
  const [first] = hashes;
  if (first === undefined) return zeroHash();
  if (width === 1) return first;
  const half = width / 2;
  const left = rootOf(hashes.slice(0, half), half);
  return combine(left, hashes.length > half ? rootOf(hashes.slice(half), half) : left);
}

it("is zero over nothing and the leaf over one", () => {
  expect(merkleRoot([])).toEqual({ root: zeroHash(), mutated: false });
  expect(merkleRoot([leaf(7)])).toEqual({ root: leaf(7), mutated: false });
});

it("gives the root of Bitcoin's block 100000", () => {
  const txids = [
    "8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87",
    "fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4",
    "6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4",
    "e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d",
  ].map((hex) => fromHashHex(hex as HashHex));
  const { root, mutated } = merkleRoot(txids);
  expect(bytesToHex(root.toReversed())).toBe(
    "f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766",
  );
  expect(mutated).toBe(false);
});

it.each(Array.from({ length: 70 }, (_, count) => count))(
  "follows the definition for %i",
  (count) => {
    let width = 1;
    while (width < count) width *= 2;
    expect(merkleRoot(leaves(count))).toEqual({
      root: rootOf(leaves(count), width),
      mutated: false,
    });
  },
);

it("tells a list that repeats its end from the shorter one with the same root", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.nat({ max: 5 }), (groups, level) => {
      const count = (groups * 2 - 1) << level;
      const short = leaves(count);
      const long = [...short, ...short.slice(count - (1 << level))];
      expect(merkleRoot(long)).toEqual({ root: merkleRoot(short).root, mutated: true });
      expect(merkleRoot(short).mutated).toBe(false);
    }),
  );
});

it("calls equal neighbours mutated wherever they pair, and nowhere else", () => {
  expect(merkleRoot([leaf(1), leaf(1), leaf(2)]).mutated).toBe(true);
  expect(merkleRoot([leaf(1), leaf(2), leaf(2)]).mutated).toBe(false);
});

it("leaves its leaves alone and gives a root of its own", () => {
  const only = leaf(1);
  merkleRoot([only]).root.fill(0);
  expect(only).toEqual(leaf(1));
});

it("takes more leaves than one engine was made with", () => {
  const many = leaves(5000);
  expect(merkleRoot(many).root).toEqual(rootOf(many, 8192));
  expect(merkleRoot(leaves(3)).root).toEqual(rootOf(leaves(3), 4));
});
