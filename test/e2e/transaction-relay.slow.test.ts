import { describe, expect, it } from "vitest";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { OWNER } from "../support/rich-chain.ts";
import { spendCoinbase } from "../support/spend-coinbase.ts";
import { temporaryFolder } from "../support/test-node.ts";

const BLOCKS = 20;

/** Hand a node a payment of the coins of one block. @returns its id */
async function pay({ node }: PeerNode, at: number) {
  const tx = await spendCoinbase(node, at);
  expect(await node.mempool.accept(tx.raw, { source: "local" })).toMatchObject({
    state: "accepted",
  });
  return toHashHex(tx.txid);
}

describe("a transaction that is handed to one node", () => {
  it("enters the pools of its peers, whoever dialled", async () => {
    using folderA = temporaryFolder();
    using folderB = temporaryFolder();
    await using a = await openPeerNode(exosRegtest, folderA.path);
    expect(await a.node.staker.generate(BLOCKS, OWNER.payToKey)).toMatchObject({ ok: true });
    await using b = await openPeerNode(exosRegtest, folderB.path);
    await b.connect(a.endpoint);
    await b.until(async () => (await b.node.tip()).height === BLOCKS);

    const ids = [await pay(a, 3), await pay(b, 4)];
    for (const { node, until } of [a, b]) {
      await until(async () => (await node.mempool.ids()).length === ids.length);
      expect(new Set(await node.mempool.ids())).toEqual(new Set(ids));
    }
    expect(await b.node.staker.generate(1, OWNER.payToKey)).toMatchObject({ ok: true });
    await a.until(async () => (await a.node.mempool.ids()).length === 0);
    expect([...a.ends, ...b.ends]).toEqual([]);
  });
});
