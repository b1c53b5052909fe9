/**
 * The hash functions of scripts, addresses and identities, of bytes of any length.
 * @module
 */
import { ripemd160 as nobleRipemd160, sha1 as nobleSha1 } from "@noble/hashes/legacy.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import type { Hash256 } from "#shared/primitives/brand.ts";

/** SHA-256. @returns 32 bytes @source FIPS 180-4 */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** SHA-256 of SHA-256: identity of transactions and headers, digest of signatures. */
export function hash256(bytes: Uint8Array): Hash256 {
  return nobleSha256(nobleSha256(bytes)) as Hash256;
}

/** RIPEMD-160. @returns 20 bytes */
export function ripemd160(bytes: Uint8Array): Uint8Array {
  return nobleRipemd160(bytes);
}

/** RIPEMD-160 of SHA-256: what an address holds of a key or script. @returns 20 bytes */
export function hash160(bytes: Uint8Array): Uint8Array {
  return nobleRipemd160(sha256(bytes));
}

/** SHA-1: OP_SHA1 only. @returns 20 bytes */
export function sha1(bytes: Uint8Array): Uint8Array {
  return nobleSha1(bytes);
}
