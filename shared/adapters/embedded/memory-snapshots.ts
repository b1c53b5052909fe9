import { highestFirst } from "#shared/coins/snapshot-name.ts";
import type { Snapshots } from "#shared/ports/snapshots.ts";

/** Snapshots in a Map. */
export function createMemorySnapshots(): Snapshots {
  const snapshots = new Map<string, Map<string, readonly Uint8Array[]>>();
  return {
    async names() {
      const whole = [...snapshots].filter(([, files]) => files.has("manifest.json"));
      return highestFirst(whole.map(([name]) => name));
    },
    async write(name, file, pieces) {
      const kept: Uint8Array[] = [];
      for await (const piece of pieces) kept.push(piece.slice());
      const files = snapshots.get(name) ?? new Map<string, readonly Uint8Array[]>();
      snapshots.set(name, files.set(file, kept));
    },
    async read(name, file) {
      const kept = snapshots.get(name)?.get(file);
      if (kept === undefined) return undefined;
      return (async function* () {
        for (const piece of kept) yield piece.slice();
      })();
    },
    async remove(name) {
      snapshots.delete(name);
    },
  };
}
