import { sha256 } from "@noble/hashes/sha2.js";

/** Numbers that look random and are the same for the same seed. */
export interface SeededRandom {
  bytes(length: number): Uint8Array;
  /** In [0, limit). */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
}

export function createSeededRandom(seed: number): SeededRandom {
  let counter = 0;
  let block = new Uint8Array(0);
  function bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at++) {
      if (block.length === 0) block = sha256(new TextEncoder().encode(`${seed}/${counter++}`));
      out[at] = block[0] ?? 0;
      block = block.subarray(1);
    }
    return out;
  }
  function below(limit: number): number {
    return new DataView(bytes(4).buffer).getUint32(0) % limit;
  }
  function pick<T>(values: readonly T[]): T {
    const value = values[below(values.length)];
    if (value === undefined) throw new RangeError("nothing to pick from");
    return value;
  }
  return { bytes, below, pick };
}
