import { getRandomValues } from "node:crypto";
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
      return getRandomValues(new Uint8Array(count));
    },
  };
}
