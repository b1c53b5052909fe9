import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hash160, hash256, ripemd160, sha1, sha256 } from "#shared/crypto/hashes.ts";

const text = (value: string) => new TextEncoder().encode(value);

it.each([
  {
    hash: sha256,
    of: "abc",
    hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  },
  {
    hash: hash256,
    of: "",
    hex: "5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456",
  },
  { hash: ripemd160, of: "abc", hex: "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc" },
  { hash: sha1, of: "abc", hex: "a9993e364706816aba3e25717850c26c9cd0d89d" },
  { hash: hash160, of: "", hex: "b472a266d0bd89c13706a4132ccfb16f7c3b9fcb" },
])("gives the published $hash.name of $of", ({ hash, of, hex }) => {
  expect(bytesToHex(hash(text(of)))).toBe(hex);
});

it("hashes the first header of Bitcoin to its published identity", () => {
  const header = hexToBytes(
    `01000000${"00".repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a` +
      "29ab5f49ffff001d1dac2b7c",
  );
  expect(bytesToHex(hash256(header).toReversed())).toBe(
    "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
  );
});

it("hashes messages of every length up to five blocks as another implementation does", () => {
  const bytes = Uint8Array.from({ length: 320 }, (_, index) => (index * 167 + 13) & 255);
  for (let length = 0; length <= bytes.length; length++) {
    const message = bytes.subarray(0, length);
    expect(sha256(message), `${length} bytes`).toEqual(nobleSha256(message));
    expect(hash256(message), `${length} bytes`).toEqual(nobleSha256(nobleSha256(message)));
  }
});

it.each([65_407, 65_408, 65_409, 65_536, 98_304, 98_367, 1_000_000])(
  "hashes a message of %i bytes, in pieces where it is long",
  (length) => {
    const message = Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255);
    expect(sha256(message)).toEqual(nobleSha256(message));
    expect(hash256(message)).toEqual(nobleSha256(nobleSha256(message)));
  },
);

it("gives digests that the next call leaves alone", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (a, b) => {
      const [first, copy] = [hash256(a), hash256(a).slice()];
      sha256(b);
      expect(first).toEqual(copy);
    }),
  );
});
