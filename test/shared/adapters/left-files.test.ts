import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { sortedItems } from "#shared/adapters/embedded/sorted-items.ts";
import { readZstdFile, writeZstdFile } from "#shared/adapters/embedded/zstd-file.ts";
import { manyItems } from "../../support/many-items.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const OPEN = "/proc/self/fd";
const MEGABYTE = 1_048_576;

/** Descriptors of this process that lead below a folder. */
async function openBelow(folder: string): Promise<number> {
  // A descriptor is closed a moment after its stream.
  await setTimeout(50);
  return readdirSync(OPEN).filter((name) => {
    const path = join(OPEN, name);
    return existsSync(path) && readlinkSync(path).startsWith(folder);
  }).length;
}

describe.skipIf(!existsSync(OPEN))("whoever stops in the middle of a read", () => {
  it("leaves no compressed file open", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "file.zst");
    const random = Array.from({ length: 8 }, () => crypto.getRandomValues(new Uint8Array(65_536)));
    const pieces = Array.from({ length: 64 }, (_, at) => random[at % 8] ?? new Uint8Array(0));
    await writeZstdFile(path, pieces);
    for await (const piece of readZstdFile(path)) {
      expect(piece.length).toBeLessThan(MEGABYTE);
      break;
    }
    expect(await openBelow(folder)).toBe(0);
  });

  it("leaves no sorted run open, nor its folder", async () => {
    const folder = temporaryFolder();
    for await (const _ of sortedItems(manyItems(40_000), { folder, runBatches: 1 })) break;
    expect(await openBelow(folder)).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});
