import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** The hashes that were added last, up to a limit; the oldest is forgotten first. */
export class RecentHashes {
  readonly #limit: number;
  readonly #keys = new Set<HashHex>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(hash: Hash256): boolean {
    return this.#keys.has(toHashHex(hash));
  }

  add(hash: Hash256): void {
    const key = toHashHex(hash);
    // Once more at the end: what is heard of again is not the oldest.
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.#limit) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  /** @returns whether it was there */
  delete(hash: Hash256): boolean {
    return this.#keys.delete(toHashHex(hash));
  }
}
