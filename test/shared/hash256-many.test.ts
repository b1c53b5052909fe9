import fc from "fast-check";
import { expect, it } from "vitest";
import { hash256Many } from "#shared/crypto/hash256-many.ts";
import { hash256 } from "#shared/crypto/hashes.ts";

it("hashes each piece as if it were alone, whatever the lengths", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }), (pieces) => {
      expect(hash256Many(pieces)).toEqual(pieces.map((piece) => hash256(piece)));
    }),
  );
});

it("takes the lengths at which blocks begin, four of a kind and more, and long ones", () => {
  const lengths = [54, 55, 56, 63, 64, 118, 119, 120, 16_375, 16_376, 70_000];
  const pieces = lengths.flatMap((length) =>
    Array.from({ length: 5 }, (_, index) => new Uint8Array(length).fill(index + length)),
  );
  expect(hash256Many(pieces)).toEqual(pieces.map((piece) => hash256(piece)));
  expect(hash256Many([])).toEqual([]);
});
