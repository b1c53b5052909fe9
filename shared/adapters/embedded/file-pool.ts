import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Log } from "#shared/ports/log.ts";
import type { Pool, SavedTransaction } from "#shared/ports/pool.ts";
import { createMemoryPool } from "./memory-pool.ts";
import { decodePoolFile, encodePoolFile } from "./pool-file-codec.ts";
import { storeFaultOf } from "./store-fault-of.ts";

export interface FilePoolOptions {
  /** Of the file, made where absent. */
  readonly path: string;
  /** Hash of the network's first block: a file of another network is none. */
  readonly genesis: Uint8Array;
  readonly log: Pick<Log, "warn">;
}

/** A pool in memory that outlives the process as a file of bytes to be judged again. */
export interface FilePool extends Pool {
  /** What the file held when it was opened, in the order it was saved: nothing of it counts yet. */
  readonly saved: readonly SavedTransaction[];
  /**
   * Write what counts now in place of the file, whole or not at all.
   * @throws StoreFault when it cannot be written; the old file is there then
   */
  save(): Promise<void>;
}

/**
 * Open a pool with its file. One that is damaged or of a later version is told of and dropped: what
 * it held comes again from peers, or from whoever sent it.
 *
 * @throws StoreFault when there is a file that cannot be read
 */
export async function openFilePool(options: FilePoolOptions): Promise<FilePool> {
  const { path, genesis } = options;
  const pool = createMemoryPool();
  return {
    ...pool,
    saved: await readSaved(options),
    async save() {
      const bytes = encodePoolFile(await pool.all(), genesis);
      try {
        await writeFile(`${path}.new`, bytes, { flush: true });
        await rename(`${path}.new`, path);
      } catch (cause) {
        throw storeFaultOf(cause, dirname(path), "saving the mempool");
      }
    },
  };
}

async function readSaved({
  path,
  genesis,
  log,
}: FilePoolOptions): Promise<readonly SavedTransaction[]> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw storeFaultOf(cause, dirname(path), "reading the mempool");
  }
  const decoded = decodePoolFile(bytes, genesis);
  if (decoded.ok) return decoded.value;
  log.warn("EXOS-E1014", "the mempool file is dropped", { err: decoded.error });
  await rm(path, { force: true });
  return [];
}
