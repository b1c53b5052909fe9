import { describe, expect, it } from "vitest";
import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const file = vectorsPath("exos-regtest/chain.dat");
const TIP = "7966af0ce161135443815c6f21fb271b330afbc599aca9877270dc0d5bc9583b";

describe("a chain that one node serves and another downloads", () => {
  it.skipIf(file === undefined)(
    "ends in the recorded tip, and then both go on together",
    { timeout: 60_000 },
    async () => {
      using folderA = temporaryFolder();
      using folderB = temporaryFolder();
      await using a = await openPeerNode(exosRegtest, folderA.path);
      await importFile(a.node, file ?? "");
      await a.ingest.tipMoved();
      await using b = await openPeerNode(exosRegtest, folderB.path);
      await b.connect(a.endpoint);
      await b.until(async () => (await b.node.tip()).hash === TIP);
      expect(b.ends).toEqual([]);
      expect(a.ends).toEqual([]);

      const mined = await b.node.staker.generate(2, DEVELOPMENT_SCRIPT);
      const hash = mined.ok ? mined.value.at(-1) : undefined;
      await a.until(async () => (await a.node.tip()).hash === hash);
      expect(b.ingest.progress()).toMatchObject({ phase: "tip", height: 3_123 });
    },
  );
});
