/**
 * The hash functions of scripts, addresses and identities, of bytes of any length.
 * @module
 */
import { ripemd160 as nobleRipemd160, sha1 as nobleSha1 } from "@noble/hashes/legacy.js";
import { sha256Engine } from "#shared/crypto/sha256-engine.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

const DIGEST_BYTES = 32;
/** Hashed by one call; what is longer goes in pieces, so that the memory stays small. */
const MESSAGE_BYTES_MAX = 64 * 1024 - 128;
const PIECE_BYTES = 64 * 512;

/** SHA-256. @returns 32 bytes @source FIPS 180-4 */
export function sha256(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MESSAGE_BYTES_MAX) return sha256InPieces(bytes);
  const { engine, input, output } = sha256Engine(0);
  input.set(bytes);
  engine.hash(bytes.length);
  return output.slice(0, DIGEST_BYTES);
}

/** SHA-256 of SHA-256: identity of transactions and headers, digest of signatures. */
export function hash256(bytes: Uint8Array): Hash256 {
  if (bytes.length > MESSAGE_BYTES_MAX) return sha256(sha256InPieces(bytes)) as Hash256;
  const { engine, input, output } = sha256Engine(0);
  input.set(bytes);
  engine.hashTwice(bytes.length);
  return output.slice(0, DIGEST_BYTES) as Hash256;
}

function sha256InPieces(bytes: Uint8Array): Uint8Array {
  const { engine, input, output } = sha256Engine(0);
  const wholeBytes = bytes.length & ~63;
  engine.begin();
  for (let at = 0; at < wholeBytes; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, Math.min(at + PIECE_BYTES, wholeBytes));
    input.set(piece);
    engine.absorb(piece.length);
  }
  const rest = bytes.subarray(wholeBytes);
  input.set(rest);
  engine.finish(rest.length, bytes.length >>> 0, Math.floor(bytes.length / 2 ** 32));
  return output.slice(0, DIGEST_BYTES);
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
