import type { SnapshotManifest } from "./snapshot-manifest.ts";

/**
 * What a snapshot is called where many lie: its height, then eight digits of its block's hash, the
 * last ones, since work leaves zeros in the first. @source cloud.md 5.1
 */
export function snapshotName({ height, hash }: Pick<SnapshotManifest, "height" | "hash">): string {
  return `${height}-${hash.slice(-8)}`;
}

/** Height of a snapshot by its name. @returns `undefined` for what is no name of one */
function heightOfName(name: string): number | undefined {
  const digits = /^([0-9]{1,9})-[0-9a-f]{8}$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Names of snapshots among others, the highest first. */
export function highestFirst(names: readonly string[]): string[] {
  const heights = names.flatMap((name) => {
    const height = heightOfName(name);
    return height === undefined ? [] : { name, height };
  });
  return heights
    .toSorted((one, other) => other.height - one.height || (one.name < other.name ? -1 : 1))
    .map(({ name }) => name);
}
