import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { flaky } from "../support/flaky.ts";
import { disposedOf, temporaryFolder } from "../support/temporary-folder.ts";
import { blockStoreContract } from "./block-store.contract.ts";

const hash = "ab".repeat(32) as HashHex;

describe("memory block store", () => blockStoreContract(async () => createMemoryBlockStore()));

describe.each([1, 2, 3])("memory block store on bad day %i", (seed) =>
  blockStoreContract(async () => flaky(createMemoryBlockStore(), seed)),
);

describe("level block store", () => {
  blockStoreContract(async () => disposedOf(await openLevelBlockStore(temporaryFolder())));

  it("has after a flush and a new start what it had before", async () => {
    const folder = temporaryFolder();
    {
      await using blocks = await openLevelBlockStore(folder);
      await blocks.put(hash, Uint8Array.of(1, 2, 3));
      await blocks.flush();
      await blocks.flush();
      expect(await blocks.get(hash)).toEqual(Uint8Array.of(1, 2, 3));
    }
    await using blocks = await openLevelBlockStore(folder);
    const found = await blocks.get(hash);
    expect(found).toEqual(Uint8Array.of(1, 2, 3));
    expect(found?.constructor).toBe(Uint8Array);
    await blocks.drop(hash, Uint8Array.of(1, 2, 3));
    await blocks.flush();
    expect(await blocks.get(hash)).toBeUndefined();
  });

  it("says that the store is damaged when a byte of a body has changed", async () => {
    const folder = temporaryFolder();
    {
      await using blocks = await openLevelBlockStore(folder);
      await blocks.put(hash, new Uint8Array(5_000).fill(0x5a));
    }
    // A second start moves the log into a table, which is read without LevelDB's own checksum.
    await openLevelBlockStore(folder).then((blocks) => blocks[Symbol.asyncDispose]());
    const table = readdirSync(folder).find((name) => name.endsWith(".ldb"));
    const path = join(folder, table ?? "absent");
    const bytes = readFileSync(path);
    bytes[2_500] = 0x5b;
    writeFileSync(path, bytes);

    await using blocks = await openLevelBlockStore(folder);
    await expect(blocks.get(hash)).rejects.toMatchObject({
      name: "StoreFault",
      code: "EXOS-E1004",
      retryable: false,
      message: expect.stringContaining("exos repair"),
    });
  });
});
