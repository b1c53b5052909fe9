import type { Hash256 } from "#shared/primitives/brand.ts";
import { hashKey } from "#shared/primitives/hash-key.ts";

/**
 * The hashes that were added last, up to a limit; the oldest is forgotten first. A hash that was
 * deleted and added again may be forgotten as early as if it had stayed.
 */
export class RecentHashes {
  readonly #limit: number;
  readonly #keys = new Set<string>();
  /** In the order in which they were added, around the limit: a Set walks past what it deleted. */
  readonly #ring: string[] = [];
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(hash: Hash256): boolean {
    return this.#keys.has(hashKey(hash));
  }

  add(hash: Hash256): void {
    const key = hashKey(hash);
    if (this.#keys.has(key)) return;
    const oldest = this.#ring[this.#next];
    if (oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.add(key);
    this.#ring[this.#next] = key;
    this.#next = (this.#next + 1) % this.#limit;
  }

  /** @returns whether it was there */
  delete(hash: Hash256): boolean {
    return this.#keys.delete(hashKey(hash));
  }
}
