import type { Hash256 } from "#shared/primitives/brand.ts";

/** Two bytes as one unit of text. */
function unit(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/**
 * A Map key for a hash where many come and go: 16 units of text that nobody can read, so they never
 * leave memory; for the reason of `outpointKey` a fraction of the time of `HashHex`.
 */
export function hashKey(hash: Hash256): string {
  return String.fromCharCode(
    unit(hash, 0),
    unit(hash, 2),
    unit(hash, 4),
    unit(hash, 6),
    unit(hash, 8),
    unit(hash, 10),
    unit(hash, 12),
    unit(hash, 14),
    unit(hash, 16),
    unit(hash, 18),
    unit(hash, 20),
    unit(hash, 22),
    unit(hash, 24),
    unit(hash, 26),
    unit(hash, 28),
    unit(hash, 30),
  );
}
