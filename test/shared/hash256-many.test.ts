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
