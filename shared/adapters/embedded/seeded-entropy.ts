import { createHash } from "node:crypto";
import type { Entropy } from "#shared/ports/entropy.ts";
import { ENTROPY_BYTES_MAX } from "./system-entropy.ts";

/** The same bytes for the same seed: SHA-256 of the seed and a counter. Never for a secret. */
export function createSeededEntropy(seed: string): Entropy {
  let block = 0;
  let left = new Uint8Array(0);
  return {
    bytes(count) {
      if (!Number.isInteger(count) || count < 1 || count > ENTROPY_BYTES_MAX) {
        throw new RangeError(`count of random bytes: ${count}`);
      }
      const bytes = new Uint8Array(count);
      for (let filled = 0; filled < count; ) {
        if (left.length === 0) {
          left = Uint8Array.from(createHash("sha256").update(`${seed}:${block++}`).digest());
        }
        const part = left.subarray(0, count - filled);
        bytes.set(part, filled);
        filled += part.length;
        left = left.subarray(part.length);
      }
      return bytes;
    },
  };
}
