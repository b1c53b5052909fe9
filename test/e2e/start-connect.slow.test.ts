import { describe, expect, it } from "vitest";
import { policyOf } from "#services/cli/policy-of.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";
import { startCli } from "../support/cli-process.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const odd = vectorsPath("exos-regtest/odd-chain.dat");
const real = vectorsPath("stratis/blk0001.dat");
/** The last checkpoint that the recorded part of the real chain reaches. */
const VOUCHED_HEIGHT = 150;

describe("a node that is told of another", () => {
  it.skipIf(odd === undefined)(
    "says by phases how it catches up, goes on after a kill, and answers for what it has",
    async () => {
      using folderA = temporaryFolder();
      using folderB = temporaryFolder();
      await using server = await openPeerNode(exosRegtest, folderA.path);
      await importFile(server.node, odd ?? "");
      await server.ingest.tipMoved();
      const { port } = server.endpoint;
      const words = ["start", "--connect", `127.0.0.1:${port}`, "--listen", "0"];
      const where = ["--datadir", folderB.path, "--httpport", "0", "--rpcport", "0"];

      await using killed = startCli([...words, ...where]);
      await killed.says(/blocks \d+ %/);
      killed.signal("SIGKILL");
      await killed.ended();

      await using started = startCli([...words, ...where]);
      const [, url = ""] = await started.says(/API {7}(http:\S+)\/v1\/node/);
      await started.says(/tip 100 % · height 609 · 1 peer/);
      const node: unknown = await (await fetch(`${url}/v1/node`)).json();
      expect(node).toMatchObject({
        sync: { phase: "tip", headers: 609, blocks: 609, progress: 1 },
        peers: { in: 0, out: 1 },
      });
      // The gauge follows the phase at the next tick.
      const metrics = async () => (await fetch(`${url}/metrics`)).text();
      const atTip = /^exos_sync_phase\{phase="tip"\} 1$/m;
      await expect.poll(metrics, { timeout: 300_000 }).toMatch(atTip);
      started.signal("SIGINT");
      expect((await started.ended()).code).toBe(0);
      expect(server.ends).toEqual([]);
    },
  );

  it.skipIf(real === undefined)(
    "takes unjudged what a checkpoint vouches for, and nothing more, when it is told to skip",
    async () => {
      using folderA = temporaryFolder();
      using folderB = temporaryFolder();
      await using server = await openPeerNode(stratis, folderA.path);
      await importFile(server.node, real ?? "");
      await server.ingest.tipMoved();
      const policy = policyOf({ network: stratis, text: () => "skip" });
      await using node = await openPeerNode(stratis, folderB.path, { policy });
      const session = await node.connect(server.endpoint);
      await node.until(async () => (await node.node.tip()).height === VOUCHED_HEIGHT);
      await node.until(() => session.status().headersHeight === 1_999);
      expect(session.status().receivedByCommand).not.toHaveProperty("provhdr");
      expect((await node.node.tip()).height).toBe(VOUCHED_HEIGHT);
      expect([...node.ends, ...server.ends]).toEqual([]);
    },
  );
});
