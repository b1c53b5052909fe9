import { hash256 } from "#shared/crypto/hashes.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";

/** Double SHA-256 of each piece, in order. */
export function hash256Many(pieces: readonly Uint8Array[]): Hash256[] {
  return pieces.map(hash256);
}
