import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect, it } from "vitest";
import { lowSSignature } from "#shared/crypto/low-s-signature.ts";

const { ORDER } = secp256k1.Point.Fn;
const der = (s: bigint) => new secp256k1.Signature(7n, s).toBytes("der");

it("of the two values of s, the lower is given", () => {
  expect(lowSSignature(der(ORDER - 5n))).toEqual(der(5n));
  expect(lowSSignature(der(5n))).toEqual(der(5n));
  expect(lowSSignature(der(ORDER / 2n))).toEqual(der(ORDER / 2n));
  expect(lowSSignature(der(ORDER / 2n + 1n))).toEqual(der(ORDER / 2n));
});

it("bytes that are no strict DER, or name no number of the curve, are none", () => {
  expect(lowSSignature(Uint8Array.of())).toBeUndefined();
  expect(lowSSignature(Uint8Array.of(...der(5n), 0))).toBeUndefined();
  expect(lowSSignature(Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 5))).toBeUndefined();
});
