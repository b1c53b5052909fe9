import type { HeaderStore, HeaderTree, StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** What a header store keeps its facts in: the part of a Map that it needs. */
export interface FactTable<Value> {
  get(hash: HashHex): Value | undefined;
  set(hash: HashHex, value: Value): unknown;
}

/** A small table that is read as a whole. */
export interface FactSet<Value> extends FactTable<Value>, Iterable<[HashHex, Value]> {
  delete(hash: HashHex): unknown;
}

/** Everything that a header store remembers, a table for each question. */
export interface FactTables {
  readonly headers: FactTable<StoredHeader>;
  readonly children: FactTable<readonly HashHex[]>;
  /** Headers without a known child, with the work of their chains. */
  readonly leaves: FactSet<bigint>;
  readonly candidates: FactSet<bigint>;
}

/** Heaviest first; equal work in the order of hashes, so that two runs answer alike. */
function heaviest(entries: Iterable<[HashHex, bigint]>, limit: number): [HashHex, bigint][] {
  return [...entries]
    .sort(([hashA, workA], [hashB, workB]) =>
      workA === workB ? (hashA < hashB ? -1 : 1) : workA > workB ? -1 : 1,
    )
    .slice(0, limit);
}

/** The behaviour of a header store over tables that answer at once. */
export function createHeaderFacts(tables: FactTables): HeaderStore & Pick<HeaderTree, "children"> {
  const { headers, children, leaves, candidates } = tables;

  function change(hash: HashHex, facts: Partial<StoredHeader>): void {
    const known = headers.get(hash);
    if (known === undefined) throw new RangeError(`fact about a header never put: ${hash}`);
    headers.set(hash, { ...known, ...facts });
  }

  return {
    async put(record, bodySize) {
      if (headers.get(record.hash) !== undefined) {
        if (bodySize !== undefined) change(record.hash, { bodySize });
        return;
      }
      headers.set(record.hash, {
        record,
        bodySize,
        checked: false,
        rejected: undefined,
        applied: [],
        totals: undefined,
      });

      const prev = toHashHex(record.header.prev);
      children.set(prev, [...(children.get(prev) ?? []), record.hash]);
      leaves.delete(prev);
      if (children.get(record.hash) === undefined) leaves.set(record.hash, record.work);
    },
    get: async (hash) => headers.get(hash),
    getMany: async (hashes) => hashes.map((hash) => headers.get(hash)),

    setBodySize: async (hash, bytes) => change(hash, { bodySize: bytes }),
    setChecked: async (hash) => change(hash, { checked: true }),
    setRejected: async (hash, error) => change(hash, { rejected: error }),
    clearRejected: async (hash) => change(hash, { rejected: undefined }),
    async setApplied(hash, generation, totals) {
      const known = headers.get(hash);
      const applied = known?.applied ?? [];
      const isNew = !applied.includes(generation);
      const kept = known?.totals ?? totals?.slice();
      if (!isNew && kept === known?.totals) return;
      change(hash, { applied: isNew ? [...applied, generation] : applied, totals: kept });
    },

    async addCandidate({ work, hash }) {
      candidates.set(hash, work);
    },
    async dropCandidate(hash) {
      candidates.delete(hash);
    },
    async candidates(work, limit) {
      const heavier = [...candidates].filter(([, candidate]) => candidate > work);
      return heaviest(heavier, limit).map(([hash, candidate]) => ({ hash, work: candidate }));
    },
    leaves: async (limit) => heaviest(leaves, limit).map(([hash]) => hash),
    children: async (hash) => [...(children.get(hash) ?? [])],
  };
}
