import type { BlockTries, Tries } from "#shared/ports/block-tries.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** Tries in a Map: a process that dies forgets them, and is not started by a repeated message. */
export function createMemoryBlockTries(): BlockTries {
  const tries = new Map<HashHex, Tries>();
  return {
    async note(hash, now) {
      tries.set(hash, { count: (tries.get(hash)?.count ?? 0) + 1, last: now });
    },
    get: async (hash) => tries.get(hash),
  };
}
