import { rmSync } from "node:fs";
import { ClassicLevel } from "classic-level";
import type { DataFolder } from "./data-folder.ts";
import { storeFaultOf } from "./store-fault-of.ts";

/**
 * Make a damaged LevelDB open again with what its tables still hold. May lose the newest writes: for
 * blocks, which an import brings again, never for stores that must agree with each other.
 *
 * @throws StoreFault when not even that is possible
 */
export async function repairLevelFolder(folder: string): Promise<void> {
  try {
    await ClassicLevel.repair(folder);
  } catch (cause) {
    throw storeFaultOf(cause, folder, "repairing the store");
  }
}

/**
 * Delete what can be built again: the index from the blocks of the chain, or headers and coins, and
 * the index with them, by judging the stored blocks again.
 *
 * @param folder held, with none of its stores open
 */
export function forgetDerived(folder: DataFolder, what: "index" | "chain state"): void {
  const { headers, coins, index } = folder;
  const files = [index, `${index}-wal`, `${index}-shm`];
  try {
    for (const path of what === "index" ? files : [...files, headers, coins]) {
      rmSync(path, { recursive: true, force: true });
    }
  } catch (cause) {
    throw storeFaultOf(cause, folder.path, "clearing the stores");
  }
}
