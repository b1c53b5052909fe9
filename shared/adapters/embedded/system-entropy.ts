import { randomFillSync } from "node:crypto";
import type { Entropy } from "#shared/ports/entropy.ts";

/** Most bytes of one request. */
export const ENTROPY_BYTES_MAX = 65_536;

/** The operating system's randomness. */
export function createSystemEntropy(): Entropy {
  return {
    bytes(count) {
      if (!Number.isInteger(count) || count < 1 || count > ENTROPY_BYTES_MAX) {
        throw new RangeError(`count of random bytes: ${count}`);
      }
      // The other way, `getRandomValues`, loads the cryptography of the web for it: 5 ms of a start.
      return randomFillSync(new Uint8Array(count));
    },
  };
}
