/**
 * How secrets are made from words and passwords; not in our own engine, for what it computes can be
 * read off the time it takes.
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { scrypt as nobleScrypt } from "@noble/hashes/scrypt.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** HMAC-SHA512. @returns 64 bytes @source RFC 2104 */
export function hmacSha512(key: string | Uint8Array, message: Uint8Array): Uint8Array {
  return hmac(sha512, typeof key === "string" ? utf8ToBytes(key) : key, message);
}

/** PBKDF2 of HMAC-SHA512 in 2,048 rounds. @returns 64 bytes @source RFC 8018; BIP39 */
export function seedOf(sentence: string, salt: string): Uint8Array {
  return pbkdf2(sha512, utf8ToBytes(sentence), utf8ToBytes(salt), { c: 2_048, dkLen: 64 });
}

/** The work and memory of scrypt: about 128·n·r bytes. */
export interface ScryptCost {
  /** A power of two. */
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** scrypt of a password taken as UTF-8; somebody may have a faster one. @source RFC 7914 */
export type Scrypt = (
  password: string,
  salt: Uint8Array,
  cost: ScryptCost,
  bytes: number,
) => Uint8Array;

/** scrypt, some half a second for each 128 MiB that it writes. @source RFC 7914 */
export const scrypt: Scrypt = (password, salt, { n, r, p }, bytes) => {
  const maxmem = 128 * n * r + 128 * r * (p + 1) + 1024;
  return nobleScrypt(utf8ToBytes(password), salt, { N: n, r, p, dkLen: bytes, maxmem });
};
