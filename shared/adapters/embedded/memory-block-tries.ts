import type { BlockTries, Tries } from "#shared/ports/block-tries.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** Tries in a Map: a process that dies forgets them, and is not started by a repeated message. */
export function createMemoryBlockTries(): BlockTries {
  const tries = new Map<HashHex, Tries>();
  return {
    async note(hash, now) {
      const before = tries.get(hash);
      tries.set(hash, { count: (before?.count ?? 0) + 1, last: now, told: before?.told });
    },
    async noteTold(hash, now) {
      const before = tries.get(hash);
      if (before !== undefined) tries.set(hash, { ...before, told: now });
    },
    get: async (hash) => tries.get(hash),
  };
}
