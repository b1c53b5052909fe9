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
/** Of the recorded chain; all of it is pruned in a slow suite. */
const TIP = 700;
const FINAL = TIP - 500;

it.skipIf(file === undefined)(
  "a node keeps the bodies it is told to, those of a reorganisation, and those not indexed yet",
  async () => {
    using root = temporaryFolder();
    {
      await using node = await openTestNode(exosRegtest, root.path);
      await importFile(node, file ?? "", { stopHeight: TIP });
      expect(await prune(node, 600, TIP)).toBe(TIP - 600);
      expect(node.folder.lowestBody.get()).toBe(101);
      expect([await hasBody(node, 100), await hasBody(node, 101)]).toEqual([false, true]);
      expect(await prune(node, 600, TIP)).toBe(0);
      expect(await prune(node, 1, 150)).toBe(150 - 101);
      expect([await hasBody(node, 149), await hasBody(node, 150)]).toEqual([false, true]);
      expect(await prune(node, 1, -1)).toBe(0);
      expect(await prune(node, 1, TIP)).toBe(FINAL - 150);
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
      await importFile(node, file ?? "", { stopHeight: TIP });
      await withIndex(node, (_, follow) => follow(AbortSignal.timeout(50_000), () => undefined));
      expect(await prune(node, 1, TIP)).toBe(FINAL - 1);
    }
    await expect(rebuildFromBlocks(options, {})).rejects.toMatchObject({ code: "EXOS-E1015" });
    const facts = async (): Promise<unknown[]> => {
      await using node = await openTestNode(exosRegtest, root.path);
      return await withIndex(node, async (index, follow) => {
        await follow(AbortSignal.timeout(50_000), () => undefined);
        const { coinsSum, supply } = (await index.blockRow(height(TIP))) ?? {};
        return [(await index.base())?.height, coinsSum, supply];
      });
    };
    const [base, ...sums] = await facts();
    expect(base).toBe(0);
    await forgetIndex(options);
    expect(await facts()).toEqual([FINAL, ...sums]);
  },
);
