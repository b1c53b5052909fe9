import { createECDH, createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { spkiPublicKey } from "#shared/crypto/spki-public-key.ts";

function spkiOf(namedCurve: string): Uint8Array {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve });
  return publicKey.export({ type: "spki", format: "der" });
}

it("the compressed key of a SubjectPublicKeyInfo is that of OpenSSL", () => {
  const ecdh = createECDH("secp256k1");
  ecdh.generateKeys();
  const [x, y] = [ecdh.getPublicKey().subarray(1, 33), ecdh.getPublicKey().subarray(33)];
  const jwk = {
    kty: "EC",
    crv: "secp256k1",
    x: x.toString("base64url"),
    y: y.toString("base64url"),
  };
  const spki = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" });
  expect(spkiPublicKey(spki)).toEqual(
    Uint8Array.from(ecdh.getPublicKey(undefined, "compressed") as Buffer), // no encoding was asked for
  );
});

it("bytes that hold no key of this curve have none", () => {
  const spki = spkiOf("secp256k1");
  expect(spkiPublicKey(spki.subarray(1))).toBeUndefined();
  expect(spkiPublicKey(spkiOf("prime256v1"))).toBeUndefined();
  expect(spkiPublicKey(spki.with(4, 0))).toBeUndefined();
  // Another y is not on the curve.
  expect(spkiPublicKey(spki.with(87, Number(spki[87]) ^ 1))).toBeUndefined();
});
