import { richestOfSet } from "#shared/adapters/embedded/richest-of-set.ts";
import { publishSnapshot } from "#shared/adapters/embedded/snapshot-files.ts";
import type { PublishedSets } from "./load/run-load.ts";

/**
 * Put a set that lies in a folder where others find it, and then who holds most of it.
 *
 * @returns the name of the snapshot
 * @source cloud.md 6
 */
export async function publishSet(folder: string, to: PublishedSets): Promise<string> {
  const name = await publishSnapshot(folder, to.snapshots);
  await to.richList.write(await richestOfSet(folder));
  return name;
}
