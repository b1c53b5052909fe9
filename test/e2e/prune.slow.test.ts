import { expect, it } from "vitest";
import { verifyBodies } from "#services/cli/doctor/verify-chain.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hasBody, prune } from "../support/pruned-node.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const file = vectorsPath("exos-regtest/chain.dat");
const TIP = 3_121;
const FINAL = TIP - 500;

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
