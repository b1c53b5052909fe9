import type { HeaderStore, HeaderTree, StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { createHeaderFacts } from "./header-facts.ts";

/** Headers in Maps, for a node that keeps nothing across restarts. */
export function createMemoryHeaderStore(): HeaderStore & HeaderTree {
  const headers = new Map<HashHex, StoredHeader>();
  const facts = createHeaderFacts({
    headers,
    children: new Map(),
    leaves: new Map(),
    candidates: new Map(),
  });
  return {
    ...facts,
    async clearApplied() {
      for (const [hash, header] of headers) {
        headers.set(hash, { ...header, applied: [], totals: undefined });
      }
    },
  };
}
