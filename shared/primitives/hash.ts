import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";

/** The hash of nothing: the parent of genesis, the outpoint of a coinbase. */
export const ZERO_HASH_HEX: HashHex = "0".repeat(64) as HashHex;

/** Parse a printed hash. @returns `undefined` unless it is 64 lower-case hex digits */
export function parseHashHex(text: string): HashHex | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? (text as HashHex) : undefined;
}

/** Wire order to printed order. */
export function toHashHex(hash: Hash256): HashHex {
  return bytesToHex(Uint8Array.from(hash).reverse()) as HashHex;
}

/** Printed order to wire order; the bytes are the caller's. */
export function fromHashHex(hex: HashHex): Hash256 {
  return hexToBytes(hex).reverse() as Hash256;
}

/** A fresh zero hash in wire order. */
export function zeroHash(): Hash256 {
  return new Uint8Array(32) as Hash256;
}
