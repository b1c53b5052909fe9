import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EmbeddedNode } from "#services/cli/embedded.ts";
import { SHORT_CHAINS, totalsOf } from "../support/recorded-chains.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

/** Blocks that are taken back and put on again. */
const REORGANISED_BLOCKS = 60;

async function exportTo(
  node: EmbeddedNode,
  options: { readonly framing: "magic" | "length"; readonly from: 0 | 1 },
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  await node.validator.exportChain(async (bytes) => void pieces.push(bytes), options);
  return Buffer.concat(pieces);
}

describe.each(SHORT_CHAINS)("the recorded chain $file", (chain) => {
  const path = vectorsPath(chain.file);

  it.skipIf(path === undefined)(
    "is the same after import, export, reorganisation and restart",
    {
      timeout: 60_000,
    },
    async () => {
      using folder = temporaryFolder();
      const file = path ?? "";
      {
        await using node = await openTestNode(chain.network, join(folder.path, "first"));
        const imported = await importFile(node, file);
        expect(imported).toMatchObject({ ok: true, value: totalsOf(chain) });

        // Byte for byte what was read, and another framing for the second folder.
        const again = await exportTo(node, chain);
        expect(again.equals(readFileSync(file))).toBe(true);
        const other = await exportTo(node, { framing: "length", from: 0 });
        writeFileSync(join(folder.path, "other.bin"), other);

        const tip = await node.tip();
        const base = await node.coins.tip();
        const hash = base?.win[chain.height - REORGANISED_BLOCKS + 1 - (base?.base ?? 0)];
        if (hash === undefined) throw new RangeError("the window ends above the block");
        expect(await node.validator.invalidate(hash)).toMatchObject({ ok: true });
        expect((await node.tip()).height).toBe(chain.height - REORGANISED_BLOCKS);
        expect(await node.validator.reconsider(hash)).toMatchObject({ ok: true });
        expect(await node.tip()).toEqual(tip);
      }
      {
        await using node = await openTestNode(chain.network, join(folder.path, "first"));
        const nothingToDo = await importFile(node, file);
        expect(nothingToDo).toMatchObject({ ok: true, value: { ...totalsOf(chain), blocks: 0 } });
      }
      await using copy = await openTestNode(chain.network, join(folder.path, "second"));
      const imported = await importFile(copy, join(folder.path, "other.bin"));
      expect(imported).toMatchObject({ ok: true, value: totalsOf(chain) });
    },
  );
});
