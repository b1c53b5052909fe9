import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createValidator } from "#services/validate/core.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { fillGeneration } from "#shared/adapters/embedded/import-snapshot.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { mineChain } from "../../support/mine.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const network = exosRegtest;

/** Files of the snapshot of a chain of four blocks, in small chunks. */
async function exported(): Promise<string> {
  const stores = memoryValidator(network, unixSeconds(1_700_000_000));
  const validator = createValidator(stores);
  const script = Uint8Array.of(0x51);
  for (const { bytes } of await mineChain(genesisRecord(network), 4, { script, network })) {
    await validator.accept(bytes);
  }
  await validator.connect();
  const folder = temporaryFolder();
  await exportSnapshot({ ...stores, network, program: "test", chunkBytes: 100 }, folder);
  return folder;
}

const fill = (folder: string) =>
  fillGeneration(
    {
      network,
      coins: createMemoryCoinStore(network.consensus.dialect),
      headers: { put: () => Promise.resolve() },
    },
    folder,
  );

it("a snapshot is refused with the name of the file in which a byte is wrong, each byte of it", async () => {
  const folder = await exported();
  await fill(folder);
  const files = readdirSync(folder).filter((name) => name.endsWith(".zst"));
  expect(files.length).toBeGreaterThan(2);
  let refused = 0;
  for (const name of files) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at++) {
      const wrong = Uint8Array.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ (1 << (at & 7));
      writeFileSync(path, wrong);
      await expect(fill(folder), `${name} byte ${at}`).rejects.toThrow(name);
      refused++;
    }
    writeFileSync(path, bytes);
  }
  process.stdout.write(`snapshot: each of ${refused} bytes in ${files.length} files refused\n`);
  await fill(folder);
});
