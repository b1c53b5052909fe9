import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detectFraming, readChainFile } from "#services/validate/chain-file.ts";
import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { openLevelBlockStore } from "#shared/adapters/embedded/level-block-store.ts";
import { forgetDerived, repairLevelFolder } from "#shared/adapters/embedded/repair-folder.ts";
import { openStoredChainFile } from "#shared/adapters/embedded/stored-chain-file.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { chainOf, growBlock, TO_B, type TreeBlock } from "../../support/block-tree.ts";
import { disposedOf, temporaryFolder } from "../../support/temporary-folder.ts";

const genesis = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);
const grow = (from: TreeBlock, nonce: number) =>
  growBlock(from, nonce, [{ spends: [], pays: [[50n, TO_B]] }]);
const one = grow(genesis, 1);
const two = grow(one, 2);
const rival = grow(one, 3);
const orphan = grow(grow(two, 4), 5);

async function storeOf(blocks: readonly TreeBlock[], folder = temporaryFolder()) {
  const store = disposedOf(await openLevelBlockStore(folder));
  for (const { hash, bytes } of blocks) await store.put(hash, bytes);
  await store.flush();
  return store;
}

/** The blocks of a chain file, by the reader of imports. */
async function readAll(file: Parameters<typeof readChainFile>[0]): Promise<Uint8Array[]> {
  const framing = await detectFraming(file, exosRegtest);
  expect(framing).toEqual({ ok: true, value: "length" });
  const blocks: Uint8Array[] = [];
  for await (const slice of readChainFile(file, { kind: "length", magic: exosRegtest.magic })) {
    if (!slice.ok) throw new RangeError(slice.error.message);
    blocks.push(...slice.value.map(({ block }) => block));
  }
  return blocks;
}

describe("the stored blocks as a chain file", () => {
  it("holds each block after its parent, branches too, and no orphans", async () => {
    const file = await openStoredChainFile(
      await storeOf([orphan, rival, two, one, genesis]),
      genesis.hash,
    );
    expect(file).toMatchObject({ blocks: 4, damaged: 0, unconnected: 1 });
    const blocks = await readAll(file);
    expect(blocks.slice(0, 2)).toEqual([genesis.bytes, one.bytes]);
    expect(blocks.slice(2)).toHaveLength(2);
    expect(blocks).toContainEqual(two.bytes);
    expect(blocks).toContainEqual(rival.bytes);
  });

  it("begins above genesis where that has no body, and gives any range of its bytes", async () => {
    const file = await openStoredChainFile(await storeOf([one, two]), genesis.hash);
    const whole = await file.read(0, file.sizeBytes + 99);
    expect(whole.length).toBe(8 + one.bytes.length + two.bytes.length);
    for (const [from, length] of [
      [0, 1],
      [3, 2],
      [4, one.bytes.length + 6],
      [200, 9],
    ] as const) {
      expect(await file.read(from, length)).toEqual(whole.slice(from, from + length));
    }
    expect(await file.read(file.sizeBytes, 5)).toEqual(new Uint8Array(0));
  });

  it("is empty where nothing is stored", async () => {
    const file = await openStoredChainFile(await storeOf([]), genesis.hash);
    expect(file).toMatchObject({ sizeBytes: 0, blocks: 0 });
  });

  it("leaves out a body whose bytes have changed, and forgets it", async () => {
    const folder = temporaryFolder();
    {
      await using store = await openLevelBlockStore(folder);
      for (const { hash, bytes } of chainOf(two)) await store.put(hash, bytes);
    }
    await openLevelBlockStore(folder).then((store) => store[Symbol.asyncDispose]());
    const table = readdirSync(folder).find((name) => name.endsWith(".ldb")) ?? "absent";
    const bytes = readFileSync(join(folder, table));
    const at = bytes.indexOf(two.bytes.slice(40));
    bytes[at + 60] = (bytes[at + 60] ?? 0) ^ 1;
    writeFileSync(join(folder, table), bytes);

    const store = disposedOf(await openLevelBlockStore(folder));
    const file = await openStoredChainFile(store, genesis.hash);
    expect(file).toMatchObject({ blocks: 2, damaged: 1, unconnected: 0 });
    expect(await store.get(two.hash)).toBeUndefined();
  });
});

describe("repair", () => {
  it("opens a LevelDB again that has lost its list of tables, blocks included", async () => {
    const folder = temporaryFolder();
    {
      await using store = await openLevelBlockStore(folder);
      for (const { hash, bytes } of chainOf(two)) await store.put(hash, bytes);
    }
    writeFileSync(join(folder, "CURRENT"), "nonsense");
    await expect(openLevelBlockStore(folder)).rejects.toMatchObject({ code: "EXOS-E1004" });
    await repairLevelFolder(folder);
    await using store = await openLevelBlockStore(folder);
    for (const { hash, bytes } of chainOf(two)) expect(await store.get(hash)).toEqual(bytes);
  });

  it("forgets the index alone, or all that is derived from blocks", async () => {
    const root = temporaryFolder();
    const genesisHash = "ab".repeat(32) as HashHex;
    await using folder = await openDataFolder({ root, network: "n", genesis: genesisHash });
    const { blocks, headers, coins, index } = folder;
    const fill = () => {
      for (const path of [blocks, headers, coins]) mkdirSync(path, { recursive: true });
      for (const path of [index, `${index}-wal`]) writeFileSync(path, "");
    };
    const left = () => [blocks, headers, coins, index, `${index}-wal`].map(existsSync);
    fill();
    forgetDerived(folder, "index");
    expect(left()).toEqual([true, true, true, false, false]);
    fill();
    forgetDerived(folder, "chain state");
    expect(left()).toEqual([true, false, false, false, false]);
  });
});
