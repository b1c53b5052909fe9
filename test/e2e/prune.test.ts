import { expect, it } from "vitest";
import { forgetIndex, rebuildFromBlocks } from "#services/cli/compose-repair.ts";
import { verifyBodies } from "#services/cli/doctor/verify-chain.ts";
import { withIndex } from "#services/cli/embedded/node-tasks.ts";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import { height } from "#shared/primitives/brand.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const file = vectorsPath("exos-regtest/chain.dat");
const TIP = 3_121;
const FINAL = TIP - 500;

async function hasBody({ coins, blocks }: EmbeddedNode, height: number): Promise<boolean> {
  const tip = await coins.tip();
  const hash = tip === undefined ? undefined : await activeHashAt(height, tip, coins);
  return hash !== undefined && (await blocks.get(hash)) !== undefined;
}

function prune(node: EmbeddedNode, keepBlocks: number, followed: number): Promise<number> {
  const options = { lowest: node.folder.lowestBody, keepBlocks };
  return node.validator.prune({ ...options, followedHeight: async () => followed });
}

it.skipIf(file === undefined)(
  "a node keeps the bodies it is told to, those of a reorganisation, and those not indexed yet",
  { timeout: 300_000 },
  async () => {
    using root = temporaryFolder();
    {
      await using node = await openTestNode(exosRegtest, root.path);
      await importFile(node, file ?? "");
      expect(await prune(node, 3_000, TIP)).toBe(TIP - 3_000);
      expect(node.folder.lowestBody.get()).toBe(122);
      expect([await hasBody(node, 121), await hasBody(node, 122)]).toEqual([false, true]);
      expect(await prune(node, 3_000, TIP)).toBe(0);
      expect(await prune(node, 1, 200)).toBe(200 - 122);
      expect([await hasBody(node, 199), await hasBody(node, 200)]).toEqual([false, true]);
      expect(await prune(node, 1, -1)).toBe(0);
      expect(await prune(node, 1, TIP)).toBe(2_000);
      expect(await prune(node, 1, TIP)).toBe(FINAL - 2_200);
      expect(await prune(node, 1, TIP)).toBe(0);
      expect([await hasBody(node, FINAL - 1), await hasBody(node, FINAL)]).toEqual([false, true]);
    }
    await using node = await openTestNode(exosRegtest, root.path);
    expect(node.folder.lowestBody.get()).toBe(FINAL);
    expect(await verifyBodies(node, 1)).toBeUndefined();
    expect(await node.tip()).toMatchObject({ height: TIP });
  },
);

it.skipIf(file === undefined)(
  "a chain without its first bodies is not judged again; its index goes on, or begins above them",
  { timeout: 300_000 },
  async () => {
    using root = temporaryFolder();
    const options = { network: exosRegtest, root: root.path, log: createMemoryLog(), jobs: 0 };
    {
      await using node = await openTestNode(exosRegtest, root.path);
      await importFile(node, file ?? "", { stopHeight: 700 });
      await withIndex(node, (_, follow) => follow(AbortSignal.timeout(50_000), () => undefined));
      expect(await prune(node, 1, 700)).toBe(199);
    }
    await expect(rebuildFromBlocks(options, {})).rejects.toMatchObject({ code: "EXOS-E1015" });
    const facts = async (): Promise<unknown[]> => {
      await using node = await openTestNode(exosRegtest, root.path);
      return await withIndex(node, async (index, follow) => {
        await follow(AbortSignal.timeout(50_000), () => undefined);
        const { coinsSum, supply } = (await index.blockRow(height(700))) ?? {};
        return [(await index.base())?.height, coinsSum, supply];
      });
    };
    const [base, ...sums] = await facts();
    expect(base).toBe(0);
    await forgetIndex(options);
    expect(await facts()).toEqual([200, ...sums]);
  },
);
