import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { loadChain } from "../support/chain-file.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const FILE = "exos-regtest/odd-chain.dat";
const path = vectorsPath(FILE) ?? "";
const blocks = loadChain(FILE, 4);
/** Blocks before the proof-of-stake block that is spoiled. */
const STAKE_TAIL = 200;

function frame(body: Uint8Array): Uint8Array {
  const length = new Uint8Array(new Uint32Array([body.length]).buffer);
  return Buffer.concat([exosRegtest.magic, length, body]);
}

/** A file of the first blocks, some of them changed, in an order of their own. */
function writeBlocks(folder: string, bodies: readonly (Uint8Array | undefined)[]): string {
  const file = join(folder, "blocks.dat");
  writeFileSync(file, Buffer.concat(bodies.map((body) => frame(body ?? new Uint8Array(81)))));
  return file;
}

/** The chain's first blocks, one of them with a byte flipped. */
function flipped(count: number, at: number, place: (block: Uint8Array) => number) {
  return (blocks ?? []).slice(0, count).map((block, index) => {
    if (index !== at) return block;
    const changed = block.slice();
    const offset = place(block);
    // Bit 5 of a version's last byte is all there is of it; elsewhere any bit does.
    changed[offset] = (changed[offset] ?? 0) ^ 0x20;
    return changed;
  });
}

async function importBlocks(node: EmbeddedNode, folder: string, bodies: readonly Uint8Array[]) {
  return importFile(node, writeBlocks(folder, bodies));
}

describe.skipIf(blocks === undefined)("a chain file with a fault", () => {
  const isStake = (block: Uint8Array) => block.at(-1) !== 0 && block.length < 2_000;
  const stakeAt = (blocks ?? []).findIndex((block, at) => at > STAKE_TAIL && isStake(block));

  it.each([
    ["version", 20, () => 3, "EXOS-E2002", "bad-version"],
    ["parent", 20, () => 5, "EXOS-E2007", undefined],
    ["Merkle root", stakeAt, () => 40, "EXOS-E2009", "bad-txnmrklroot"],
    ["time", 20, () => 69, "EXOS-E2002", undefined],
    ["bits", 20, () => 72, "EXOS-E2002", undefined],
    [
      "last transaction",
      20,
      (block: Uint8Array) => block.length - 8,
      "EXOS-E2009",
      "bad-txnmrklroot",
    ],
    [
      "block signature",
      stakeAt,
      (block: Uint8Array) => block.length - 3,
      "EXOS-E2009",
      "bad-block-signature",
    ],
  ] as const)(
    "in the %s of a block is named with height and code, and what came before stays",
    async (...row) => {
      const [, at, place, code, reject] = row;
      using folder = temporaryFolder();
      await using node = await openTestNode(exosRegtest, folder.path);
      const imported = await importBlocks(node, folder.path, flipped(at + 5, at, place));
      const fields = reject === undefined ? {} : { code: reject, height: at + 1 };
      expect(imported).toMatchObject({ ok: false, error: { code, fields } });
      if (!imported.ok) expect(imported.error.message).toContain("blocks.dat");
      expect((await node.tip()).height).toBe(at);
      // The sound file goes on from there.
      expect(await importBlocks(node, folder.path, (blocks ?? []).slice(0, at + 5))).toMatchObject({
        ok: true,
        value: { height: at + 5, blocks: 5 },
      });
    },
  );

  it("that ends in the middle of a block keeps the blocks before it", async () => {
    using folder = temporaryFolder();
    await using node = await openTestNode(exosRegtest, folder.path);
    const file = join(folder.path, "cut.dat");
    writeFileSync(file, readFileSync(path).subarray(0, 20_000));
    const imported = await importFile(node, file);
    expect(imported).toMatchObject({ ok: false, error: { code: "EXOS-E2004", fields: { file } } });
    expect((await node.tip()).height).toBeGreaterThan(20);
  });

  it("of another network is refused by its magic, or by the chain it begins", async () => {
    using folder = temporaryFolder();
    await using node = await openTestNode(bitcoinRegtest, folder.path);
    const named = await importFile(node, path);
    expect(named).toMatchObject({
      ok: false,
      error: { code: "EXOS-E2005", fields: { network: "exos-regtest" } },
    });
    const file = join(folder.path, "length.bin");
    const first = blocks?.[0] ?? new Uint8Array(0);
    writeFileSync(file, frame(first).subarray(4));
    expect(await importFile(node, file)).toMatchObject({
      ok: false,
      error: { code: "EXOS-E2005" },
    });
    expect((await node.tip()).height).toBe(0);
  });

  it("that does not exist, is a folder or is empty is refused by name", async () => {
    using folder = temporaryFolder();
    await using node = await openTestNode(exosRegtest, folder.path);
    const missing = join(folder.path, "missing.dat");
    await expect(importFile(node, missing)).rejects.toMatchObject({ code: "EXOS-E2003" });
    mkdirSync(join(folder.path, "sub"));
    await expect(importFile(node, join(folder.path, "sub"))).rejects.toMatchObject({
      code: "EXOS-E2003",
    });
    const empty = join(folder.path, "empty.dat");
    writeFileSync(empty, "");
    expect(await importFile(node, empty)).toMatchObject({
      ok: false,
      error: { code: "EXOS-E2006" },
    });
  });

  it("whose blocks are shuffled is imported within the window, and refused with an offset beyond it", async () => {
    using folder = temporaryFolder();
    const ordered = (blocks ?? []).slice(0, 300);
    const shuffled = ordered.map((_, index) => ordered[(index * 131 + 7) % ordered.length]);
    {
      await using node = await openTestNode(exosRegtest, join(folder.path, "window"));
      const imported = await importFile(node, writeBlocks(folder.path, shuffled));
      expect(imported).toMatchObject({ ok: true, value: { height: 300 } });
    }
    await using node = await openTestNode(exosRegtest, join(folder.path, "beyond"));
    const headless = await importFile(node, writeBlocks(folder.path, ordered.slice(1)));
    expect(headless).toMatchObject({
      ok: false,
      error: { code: "EXOS-E2007", fields: { offset: 0, limit: 1_024 } },
    });
  });

  it("that was read before, or twice, changes nothing", async () => {
    using folder = temporaryFolder();
    await using node = await openTestNode(exosRegtest, folder.path);
    const some = (blocks ?? []).slice(0, 100);
    const twice = await importBlocks(node, folder.path, [...some, ...some]);
    expect(twice).toMatchObject({ ok: true, value: { height: 100, blocks: 100 } });
    const again = await importBlocks(node, folder.path, some);
    expect(again).toMatchObject({ ok: true, value: { height: 100, blocks: 0 } });
  });
});

describe.skipIf(blocks === undefined)("a data folder that cannot be used", () => {
  // The superuser may write everywhere.
  it.skipIf(process.getuid?.() === 0)("because it is read-only is refused by name", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "root");
    mkdirSync(root);
    chmodSync(root, 0o500);
    await expect(openTestNode(exosRegtest, root)).rejects.toMatchObject({ code: "EXOS-E1002" });
    chmodSync(root, 0o700);
  });

  it("because another node holds it is refused", async () => {
    using folder = temporaryFolder();
    await using first = await openTestNode(exosRegtest, folder.path);
    await expect(openTestNode(exosRegtest, folder.path)).rejects.toMatchObject({
      code: "EXOS-E1001",
    });
    expect((await first.tip()).height).toBe(0);
  });
});
