import { expect, it } from "vitest";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

const hash = "ab".repeat(32) as HashHex;
const other = "cd".repeat(32) as HashHex;

/** What every block store promises. @param create an empty one each time */
export function blockStoreContract(create: () => Promise<BlockStore>): void {
  it("returns undefined for a block never stored", async () => {
    const blocks = await create();
    await blocks.put(other, Uint8Array.of(1));
    expect(await blocks.get(hash)).toBeUndefined();
  });

  it("keeps the bytes even when the caller reuses its buffer", async () => {
    const blocks = await create();
    const bytes = Uint8Array.of(1, 2, 3);
    await blocks.put(hash, bytes);
    bytes.fill(0);
    expect(await blocks.get(hash)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("hands out plain bytes that are the caller's to change", async () => {
    const blocks = await create();
    await blocks.put(hash, Uint8Array.of(1, 2, 3));
    const first = await blocks.get(hash);
    expect(first?.constructor).toBe(Uint8Array);
    first?.fill(0);
    expect(await blocks.get(hash)).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("keeps the first bytes of a hash, whatever is put later", async () => {
    const blocks = await create();
    await blocks.put(hash, Uint8Array.of(1));
    await blocks.put(hash, Uint8Array.of(1));
    await blocks.put(hash, Uint8Array.of(2));
    expect(await blocks.get(hash)).toEqual(Uint8Array.of(1));
  });

  it("drops a body only when told exactly its bytes, and takes others then", async () => {
    const blocks = await create();
    await blocks.put(hash, Uint8Array.of(1));
    await blocks.drop(hash, Uint8Array.of(2));
    expect(await blocks.get(hash)).toEqual(Uint8Array.of(1));
    await blocks.drop(hash, Uint8Array.of(1));
    expect(await blocks.get(hash)).toBeUndefined();
    await blocks.drop(hash, Uint8Array.of(1));
    await blocks.put(hash, Uint8Array.of(2));
    expect(await blocks.get(hash)).toEqual(Uint8Array.of(2));
  });

  it("forgets a body whatever its bytes are, and one that it never had", async () => {
    const blocks = await create();
    await blocks.put(hash, Uint8Array.of(1));
    await blocks.put(other, Uint8Array.of(2));
    await blocks.forget(hash);
    await blocks.forget(hash);
    expect(await blocks.get(hash)).toBeUndefined();
    expect(await blocks.get(other)).toEqual(Uint8Array.of(2));
    await blocks.put(hash, Uint8Array.of(3));
    expect(await blocks.get(hash)).toEqual(Uint8Array.of(3));
  });

  it("keeps four mebibytes in one block", async () => {
    const blocks = await create();
    const block = new Uint8Array(4 * 1_048_576).fill(7);
    await blocks.put(hash, block);
    expect((await blocks.get(hash))?.length).toBe(block.length);
  });

  it("serves many blocks that were put at once", async () => {
    const blocks = await create();
    const hashes = Array.from({ length: 50 }, (_, index) =>
      index.toString(16).padStart(64, "0"),
    ) as HashHex[];
    await Promise.all(
      hashes.map((name, index) => blocks.put(name, new Uint8Array(100_000).fill(index))),
    );
    for (const [index, name] of hashes.entries()) {
      expect((await blocks.get(name))?.at(-1), name).toBe(index);
    }
  });
}
