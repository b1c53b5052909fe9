import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { openLevelHeaderStore } from "#shared/adapters/embedded/level-header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const WRITER = join(import.meta.dirname, "../../support/write-until-killed.ts");

/** Run the writer until it has flushed so often, then kill it. @returns what it said last */
async function killedAfter(flushes: number, folder: string): Promise<HashHex> {
  const child = spawn(process.execPath, [WRITER, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8");
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.split("\n").length > flushes) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  const last = said.trimEnd().split("\n").at(-1) ?? "";
  return (last.split(" ")[1] ?? "") as HashHex;
}

describe("stores whose process was killed", () => {
  it.each([1, 3])("have every block and header of flush %i, down to genesis", async (flushes) => {
    const folder = temporaryFolder();
    let hash = await killedAfter(flushes, folder);

    await using blocks = await openLevelBlockStore(join(folder, "blocks"));
    await using headers = await openLevelHeaderStore(join(folder, "headers"));
    let count = 0;
    for (let header = await headers.get(hash); header !== undefined; count++) {
      expect(header.bodySize, hash).toBe(2_000);
      expect((await blocks.get(hash))?.length, hash).toBe(2_000);
      hash = toHashHex(header.record.header.prev);
      header = await headers.get(hash);
    }
    expect(count).toBeGreaterThanOrEqual(500 * flushes);
    expect(count % 500).toBe(0);
    // Whatever came after that flush, the two indexes of the store agree with its headers.
    expect(await headers.leaves(256)).toHaveLength(1);
  });
});
