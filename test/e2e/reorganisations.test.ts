import { cpSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { loadChain } from "../support/chain-file.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { reportVectors } from "../support/vector-report.ts";
import { loadVectors, vectorsPath } from "../support/vectors.ts";

interface Standing {
  readonly height: number;
  readonly tip: string;
  readonly mempool: readonly string[];
}

type Side = "A" | "B";

interface Case {
  readonly name: string;
  readonly forkHeight: number;
  readonly forkHash: string;
  readonly before: Readonly<Record<Side, Standing>>;
  readonly after: Readonly<Record<Side, Standing>>;
  readonly branchA: readonly { readonly hex: string }[];
  readonly branchB: readonly { readonly hex: string }[];
  readonly converged: boolean;
  readonly winner: Side;
}

const file = vectorsPath("exos-regtest/chain.dat");
const chain = loadChain("exos-regtest/chain.dat", 4);
const recorded = loadVectors<{ readonly cases: readonly Case[] }>("exos-regtest/reorg.json");

/** In every recorded pool, without bytes. */
const NO_BYTES = [
  "bea0248eec76caba91d7a360d8f9b933d3d34d5f961474313443c51cd4004c16",
  "f737da6e86cfd8f3967b24721ee5ee7f2dd78dccc3b97fa3b4d2b7588fd740ce",
];
const poolOf = ({ mempool }: Standing) => mempool.filter((txid) => !NO_BYTES.includes(txid)).sort();

async function grow(node: PeerNode, branch: Case["branchA"]): Promise<void> {
  for (const { hex } of branch) {
    expect(await node.node.validator.submit(fromHex(hex))).toMatchObject({ answer: null });
  }
  await node.node.mempool.follow();
}

async function standingOf({ node }: PeerNode): Promise<Standing> {
  const { height, hash } = await node.tip();
  await node.mempool.follow();
  return { height, tip: hash, mempool: [...(await node.mempool.ids())].sort() };
}

const expected = (standing: Standing) => ({
  height: standing.height,
  tip: standing.tip,
  mempool: poolOf(standing),
});

describe("two nodes that were cut and are joined again", () => {
  it.skipIf(recorded === undefined || file === undefined)(
    "end as the reference's did",
    async () => {
      using folderA = temporaryFolder();
      using folderB = temporaryFolder();
      const stopHeight = recorded?.cases[0]?.forkHeight ?? 0;
      {
        await using node = await openTestNode(exosRegtest, folderA.path);
        await importFile(node, file ?? "", { stopHeight });
      }
      cpSync(folderA.path, folderB.path, { recursive: true });
      for (const one of recorded?.cases ?? []) {
        await using a = await openPeerNode(exosRegtest, folderA.path);
        await using b = await openPeerNode(exosRegtest, folderB.path);
        for (const { node } of [a, b]) {
          // What was mined between two cases is part of the recorded chain.
          for (const block of chain?.slice(stopHeight, one.forkHeight) ?? []) {
            await node.validator.submit(block);
          }
          expect((await node.tip()).hash, one.name).toBe(one.forkHash);
        }
        await grow(a, one.branchA);
        await grow(b, one.branchB);
        expect(await standingOf(a), one.name).toEqual(expected(one.before.A));
        expect(await standingOf(b), one.name).toEqual(expected(one.before.B));

        await a.ingest.tipMoved();
        await b.ingest.tipMoved();
        await b.connect(a.endpoint);
        if (one.converged) {
          await a.until(async () => (await a.node.tip()).hash === one.after.A.tip);
          await b.until(async () => (await b.node.tip()).hash === one.after.B.tip);
        } else await a.until(() => [a, b].every(({ ingest }) => ingest.progress().phase === "tip"));
        expect(await standingOf(a), one.name).toEqual(expected(one.after.A));
        expect(await standingOf(b), one.name).toEqual(expected(one.after.B));
        expect([...a.ends, ...b.ends]).toEqual([]);
      }
      reportVectors({ name: "exos-regtest/reorg.json", run: recorded?.cases.length ?? 0 });
    },
  );
});
