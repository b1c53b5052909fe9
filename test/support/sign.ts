import { secp256k1 } from "@noble/curves/secp256k1.js";

/** A secret that is a small number: for tests alone. */
function secretOf(number: number): Uint8Array {
  return new Uint8Array(32).with(31, number);
}

/** The compressed public key of a small number. */
export function publicKeyOf(number: number): Uint8Array {
  return secp256k1.getPublicKey(secretOf(number), true);
}

/** A signature with low s, in DER, of a digest taken as it is. */
export function signDigest(number: number, digest: Uint8Array): Uint8Array {
  const options = { prehash: false, lowS: true, format: "der" } as const;
  return secp256k1.sign(digest, secretOf(number), options);
}
