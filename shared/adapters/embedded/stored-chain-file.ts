import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { LevelBlockStore } from "./level-block-store.ts";

/** The stored blocks, read as if they were one chain file. */
export interface StoredChainFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** @returns as many bytes as asked for, fewer only at the end; the caller's to keep */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** In the file. */
  readonly blocks: number;
  /** Forgotten, because their bytes had changed. */
  readonly damaged: number;
  /** Left out, because they hang on no chain from genesis. */
  readonly unconnected: number;
}

/** One block with its length before it. */
interface Frame {
  readonly hash: HashHex;
  readonly offset: number;
  readonly size: number;
}

interface Found {
  readonly sizes: ReadonlyMap<HashHex, number>;
  readonly children: ReadonlyMap<HashHex, readonly HashHex[]>;
  readonly damaged: readonly HashHex[];
}

const LENGTH_BYTES = 4;

/**
 * Everything a node has judged is derived from bodies. This puts the stored ones into one file in
 * memory's order, each after its parent and framed by its length, so that an import can judge them
 * again: the last resort of `exos repair`. Bodies whose checksum fails are forgotten.
 *
 * @param store flushed
 * @param genesis where the chain begins, whether its body is stored or not
 */
export async function openStoredChainFile(
  store: LevelBlockStore,
  genesis: HashHex,
): Promise<StoredChainFile> {
  const found = await scan(store);
  for (const hash of found.damaged) await store.forget(hash);

  const frames: Frame[] = [];
  let end = 0;
  // Grows while it is walked: children follow their parents, one height after the other.
  const reached: HashHex[] = [genesis];
  for (const hash of reached) {
    const size = found.sizes.get(hash);
    if (size !== undefined) {
      frames.push({ hash, offset: end, size });
      end += LENGTH_BYTES + size;
    }
    for (const child of found.children.get(hash) ?? []) reached.push(child);
  }

  return {
    name: "the stored blocks",
    sizeBytes: end,
    blocks: frames.length,
    damaged: found.damaged.length,
    unconnected: found.sizes.size - frames.length,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, end - offset)));
      for (let at = frameAt(frames, offset); at < frames.length; at++) {
        const frame = frames[at];
        if (frame === undefined || frame.offset >= offset + bytes.length) break;
        copyOverlap(await framed(store, frame), frame.offset - offset, bytes);
      }
      return bytes;
    },
  };
}

async function scan(store: LevelBlockStore): Promise<Found> {
  const sizes = new Map<HashHex, number>();
  const children = new Map<HashHex, HashHex[]>();
  const damaged: HashHex[] = [];
  for await (const { hash, block } of store.scan()) {
    if (block === undefined) {
      damaged.push(hash);
      continue;
    }
    // The parent's hash follows the version in every header.
    const prev = toHashHex(block.subarray(4, 36) as Hash256);
    sizes.set(hash, block.length);
    const siblings = children.get(prev);
    if (siblings === undefined) children.set(prev, [hash]);
    else siblings.push(hash);
  }
  return { sizes, children, damaged };
}

/** Index of the frame that holds an offset. */
function frameAt(frames: readonly Frame[], offset: number): number {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const frame = frames[middle];
    if (frame !== undefined && frame.offset + LENGTH_BYTES + frame.size <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function framed(store: LevelBlockStore, { hash, size }: Frame): Promise<Uint8Array> {
  const bytes = new Uint8Array(LENGTH_BYTES + size);
  new DataView(bytes.buffer).setUint32(0, size, true);
  const block = await store.get(hash);
  if (block?.length !== size) throw new RangeError(`block ${hash} changed while it was read`);
  bytes.set(block, LENGTH_BYTES);
  return bytes;
}

/** @param at where `from` begins in `to`, before its start or within */
function copyOverlap(from: Uint8Array, at: number, to: Uint8Array): void {
  const skipped = Math.max(0, -at);
  const part = from.subarray(skipped, to.length - at);
  to.set(part, Math.max(0, at));
}
