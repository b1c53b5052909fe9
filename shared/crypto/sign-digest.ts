/**
 * Keys and signatures of secp256k1 with a secret at hand: none of it runs in our own engine, which
 * takes a time that depends on what it computes.
 * @module
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";

/** Whether 32 bytes are a number from 1 to the group's order, exclusive. */
export function isSecretKey(bytes: Uint8Array): boolean {
  return secp256k1.utils.isValidSecretKey(bytes);
}

/** The public key of a secret: 33 bytes, or 65 where it was used uncompressed. */
export function publicKeyOf(secret: Uint8Array, compressed = true): Uint8Array {
  return secp256k1.getPublicKey(secret, compressed);
}

/**
 * Sign 32 bytes, taken as they are. The same digest and key give the same signature.
 *
 * @returns strict DER with a low s, without hash type
 * @source RFC 6979; exos-l1.md 5.7
 */
export function signDigest(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  return secp256k1.sign(digest, secret, { prehash: false, lowS: true, format: "der" });
}
