import type { BlockStore } from "#shared/ports/block-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";

/** Blocks in a Map, for a node that keeps nothing across restarts. */
export function createMemoryBlockStore(): BlockStore {
  const blocks = new Map<HashHex, Uint8Array>();
  return {
    async put(hash, block) {
      if (!blocks.has(hash)) blocks.set(hash, block.slice());
    },
    async get(hash) {
      return blocks.get(hash)?.slice();
    },
    async drop(hash, block) {
      const kept = blocks.get(hash);
      if (kept !== undefined && equalBytes(kept, block)) blocks.delete(hash);
    },
    async forget(hash) {
      blocks.delete(hash);
    },
  };
}
