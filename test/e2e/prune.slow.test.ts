import { expect, it } from "vitest";
import { forgetIndex, rebuildFromBlocks } from "#services/cli/compose-repair.ts";
import { verifyBodies } from "#services/cli/doctor/verify-chain.ts";
import { withIndex } from "#services/cli/embedded/node-tasks.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { height } from "#shared/primitives/brand.ts";
import { hasBody, prune } from "../support/pruned-node.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const file = vectorsPath("exos-regtest/chain.dat");
const TIP = 3_121;
const FINAL = TIP - 500;
/** Of the recorded chain, where its index is made twice. */
const PART = 700;

it.skipIf(file === undefined)(
  "a node that has more bodies to remove than one run may removes them in several",
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
  async () => {
    using root = temporaryFolder();
    const options = { network: exosRegtest, root: root.path, log: createMemoryLog(), jobs: 0 };
    {
      await using node = await openTestNode(exosRegtest, root.path);
      await importFile(node, file ?? "", { stopHeight: PART });
      await withIndex(node, (_, follow) => follow(AbortSignal.timeout(50_000), () => undefined));
      expect(await prune(node, 1, PART)).toBe(PART - 500 - 1);
    }
    await expect(rebuildFromBlocks(options, {})).rejects.toMatchObject({ code: "EXOS-E1015" });
    const facts = async (): Promise<unknown[]> => {
      await using node = await openTestNode(exosRegtest, root.path);
      return await withIndex(node, async (index, follow) => {
        await follow(AbortSignal.timeout(50_000), () => undefined);
        const { coinsSum, supply } = (await index.blockRow(height(PART))) ?? {};
        return [(await index.base())?.height, coinsSum, supply];
      });
    };
    const [base, ...sums] = await facts();
    expect(base).toBe(0);
    await forgetIndex(options);
    expect(await facts()).toEqual([PART - 500, ...sums]);
  },
);
