import type { Pool } from "#shared/ports/pool.ts";

/** A pool that is read and never written: whatever the judge does to it stays with the judge. */
export function readOnlyPool(pool: Pool): Pool {
  return {
    get: (txid) => pool.get(txid),
    all: () => pool.all(),
    // Whoever writes the pool puts that right.
    dangling: async () => [],
    summary: () => pool.summary(),
    claimant: (outpoint) => pool.claimant(outpoint),
    claim: async () => undefined,
    release: async () => undefined,
    put: async () => undefined,
    remove: async () => undefined,
    setSummary: async () => true,
  };
}
