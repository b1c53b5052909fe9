import type { HeaderStore, StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** Headers that are kept at hand: more than the window, and some 10 MB. @source cloud.md 7.2 */
const KEPT_MAX = 6_000;

/** A header store that keeps lately used headers at hand. */
export interface RecentHeaders {
  readonly headers: HeaderStore;
  /** Something was found out about a block elsewhere. */
  forget(hash: HashHex): void;
}

/**
 * Keeps headers whose body is stored and which nobody called bad: what else is found out about them
 * elsewhere is for others, but for a verdict, of which this process is told. A verdict that is
 * missed costs a question to a peer: whoever connects looks at the table.
 */
export function createRecentHeaders(headers: HeaderStore): RecentHeaders {
  const kept = new Map<HashHex, StoredHeader>();

  function keep(hash: HashHex, stored: StoredHeader | undefined): void {
    kept.delete(hash);
    if (stored?.bodySize === undefined || stored.rejected !== undefined) return;
    kept.set(hash, stored);
    if (kept.size <= KEPT_MAX) return;
    for (const oldest of kept.keys()) {
      kept.delete(oldest);
      return;
    }
  }

  async function getMany(hashes: readonly HashHex[]): Promise<(StoredHeader | undefined)[]> {
    const missing = hashes.filter((hash) => !kept.has(hash));
    const read = missing.length === 0 ? [] : await headers.getMany(missing);
    const found = new Map(missing.map((hash, at) => [hash, read[at]]));
    for (const [hash, stored] of found) keep(hash, stored);
    return hashes.map((hash) => kept.get(hash) ?? found.get(hash));
  }

  const changed =
    <Rest extends readonly unknown[]>(write: (hash: HashHex, ...rest: Rest) => Promise<void>) =>
    async (hash: HashHex, ...rest: Rest): Promise<void> => {
      kept.delete(hash);
      await write(hash, ...rest);
      // A read that was under way may have put the old one back.
      kept.delete(hash);
    };

  return {
    forget: (hash) => void kept.delete(hash),
    headers: {
      async put(record, bodySize) {
        await headers.put(record, bodySize);
        // A read that was under way may have put back what is now known to be too little.
        if (bodySize !== undefined) kept.delete(record.hash);
      },
      async get(hash) {
        const known = kept.get(hash);
        if (known !== undefined) return known;
        const stored = await headers.get(hash);
        keep(hash, stored);
        return stored;
      },
      getMany,
      setBodySize: changed((hash, bytes: number) => headers.setBodySize(hash, bytes)),
      setChecked: changed((hash) => headers.setChecked(hash)),
      setRejected: changed((hash, error: Parameters<HeaderStore["setRejected"]>[1]) =>
        headers.setRejected(hash, error),
      ),
      clearRejected: changed((hash) => headers.clearRejected(hash)),
      setApplied: changed((hash, generation: number, totals?: Uint8Array) =>
        headers.setApplied(hash, generation, totals),
      ),
      addCandidate: (leaf) => headers.addCandidate(leaf),
      dropCandidate: (hash) => headers.dropCandidate(hash),
      candidates: (work, limit) => headers.candidates(work, limit),
      leaves: (limit) => headers.leaves(limit),
    },
  };
}
