import type { BlockStore } from "#shared/ports/block-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { LevelTables } from "./level-tables.ts";

/** A store that holds its folder until it is disposed of. */
export interface LevelBlockStore extends BlockStore, AsyncDisposable {
  /** Sync every block put so far to disk. Called before the coin store's flush. */
  flush(): Promise<void>;
  /** Every flushed block, in no useful order; `undefined` where the bytes are damaged. */
  scan(): AsyncIterable<{ readonly hash: HashHex; readonly block: Uint8Array | undefined }>;
}

/** Prefix of the table. */
const BLOCKS = "01";

/** Largest block that is kept. */
const BLOCK_BYTES_MAX = 4 * 1_048_576;

/**
 * Blocks in LevelDB under their hash, each with a checksum. Puts wait in memory up to two
 * mebibytes, so that an import does not pay for a sync per block.
 */
export async function openLevelBlockStore(folder: string): Promise<LevelBlockStore> {
  const tables = await LevelTables.open(folder);
  const blocks = tables.table<Uint8Array>(BLOCKS, {
    encode: (block) => block,
    decode: (bytes) => bytes,
    sizeOf: (block) => block.length,
  });

  return {
    async put(hash, block) {
      if (block.length > BLOCK_BYTES_MAX) throw new RangeError("block is over 4 MiB");
      if (blocks.get(hash) === undefined) blocks.set(hash, block.slice());
      await tables.spill();
    },
    // A block that waits is still ours: its reader gets a copy, as from the disk.
    get: async (hash) => blocks.get(hash)?.slice(),
    async drop(hash, block) {
      const kept = blocks.get(hash);
      if (kept !== undefined && equalBytes(kept, block)) blocks.delete(hash);
    },
    flush: () => tables.flush(),
    async *scan() {
      for await (const { key, bytes } of tables.scan(BLOCKS)) {
        yield { hash: key as HashHex, block: bytes };
      }
    },
    forget: async (hash) => blocks.delete(hash),
    [Symbol.asyncDispose]: () => tables[Symbol.asyncDispose](),
  };
}
