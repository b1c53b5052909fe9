import { concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { expect, it } from "vitest";
import { verifySignature } from "#shared/crypto/verify-signature.ts";
import { native } from "../support/native-secp256k1.ts";
import { toBytes } from "../support/signature-cases.ts";

const secret = toBytes(7n);
const digest = toBytes(5n);
const publicKey = native.publicKeyCreate(secret, true);
const signature = new Uint8Array(native.ecdsaSign(digest, secret).signature);
const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];

const verify = (der: Uint8Array) => verifySignature({ publicKey, der, digest });
const bytes = (hex: string) => hexToBytes(hex);

it("takes the strict form, and each lax one", () => {
  expect(verify(concatBytes(bytes("3046022100"), r, bytes("022100"), s))).toBe(true);
  expect(verify(concatBytes(bytes("30000220"), r, bytes("0220"), s))).toBe(true);
  expect(verify(concatBytes(bytes("308144028120"), r, bytes("028120"), s))).toBe(true);
  expect(verify(concatBytes(bytes("304402220000"), r, bytes("0220"), s, bytes("ffff")))).toBe(true);
});

it("refuses what has no two integers, and integers that overflow", () => {
  expect(verify(new Uint8Array(0))).toBe(false);
  expect(verify(concatBytes(bytes("30440220"), r, bytes("0320"), s))).toBe(false);
  expect(verify(concatBytes(bytes("3045022101"), r, bytes("0220"), s))).toBe(false);
});

it("refuses another r, s or digest", () => {
  expect(verify(concatBytes(bytes("30440220"), s, bytes("0220"), r))).toBe(false);
  const der = concatBytes(bytes("30440220"), r, bytes("0220"), s);
  expect(verifySignature({ publicKey, der, digest: toBytes(6n) })).toBe(false);
});
