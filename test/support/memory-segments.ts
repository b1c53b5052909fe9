import type { PackedBlock, SegmentInfo, Segments } from "#shared/ports/segments.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";

/** Segments that live as long as the test, and what they hold. */
export interface MemorySegments extends Segments {
  readonly listed: ReadonlyMap<HashHex, number>;
}

/** The port over maps: objects are written whole or not at all, and never replaced. */
export function createMemorySegments(): MemorySegments {
  const objects = new Map<number, Uint8Array>();
  const infos = new Map<number, SegmentInfo>();
  const listed = new Map<HashHex, number>();
  return {
    listed,
    async write(index, pieces) {
      const object = await whole(pieces);
      if (!objects.has(index)) objects.set(index, object);
    },
    async replace(index, pieces) {
      objects.set(index, await whole(pieces));
    },
    async read(index) {
      const object = objects.get(index);
      if (object === undefined) return undefined;
      return (async function* once() {
        yield object.slice();
      })();
    },
    async declare(index, info, before) {
      const there = infos.get(index);
      const taken = [info, ...(before === undefined ? [] : [before])];
      const isFree =
        there === undefined || taken.some(({ sha256 }) => equalBytes(sha256, there.sha256));
      if (isFree) infos.set(index, info);
      return isFree;
    },
    info: async (index) => infos.get(index),
    async list(blocks: readonly PackedBlock[]) {
      for (const { hash, height } of blocks) listed.set(hash, height);
    },
    isLoose: async () => false,
    release: async () => undefined,
  };
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: number[] = [];
  for await (const piece of pieces) parts.push(...piece);
  return Uint8Array.from(parts);
}
