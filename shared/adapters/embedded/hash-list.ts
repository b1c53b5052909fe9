import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";

/** Hashes in wire order, one after the other. */
export function encodeHashes(hashes: readonly HashHex[]): Uint8Array {
  const bytes = new Uint8Array(32 * hashes.length);
  for (const [at, hash] of hashes.entries()) bytes.set(fromHashHex(hash), 32 * at);
  return bytes;
}

/** The hashes of a list, 32 bytes each in wire order. */
export function decodeHashes(bytes: Uint8Array): HashHex[] {
  return Array.from({ length: bytes.length / 32 }, (_, at) => {
    // 32 bytes of a list of hashes are a hash.
    return toHashHex(bytes.subarray(32 * at, 32 * at + 32) as Hash256);
  });
}
