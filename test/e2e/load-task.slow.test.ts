import { describe, expect, it } from "vitest";
import { cutView } from "#shared/coins/view.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { openCityWorld } from "../support/aws/city-world.ts";
import { startCityProcess } from "../support/city-process.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const FILE = "exos-regtest/chain.dat";
const path = vectorsPath(FILE);
/** The set is taken 500 blocks below; the city goes on above it by itself. */
const HEIGHT = 640;

describe("the loading task of a city, as a process", () => {
  it.skipIf(path === undefined)(
    "downloads, fills a generation, makes it the tip's, and another run does no harm",
    { timeout: 300_000 },
    async () => {
      await using world = await openCityWorld(exosRegtest);
      using folder = temporaryFolder();
      using disk = temporaryFolder();
      await using peer = await openPeerNode(exosRegtest, folder.path);
      await importFile(peer.node, path ?? "", { stopHeight: HEIGHT });
      await peer.ingest.tipMoved();
      const connect = `--connect=127.0.0.1:${peer.endpoint.port}`;
      const environment = { ...world.environment, EXOS_DATADIR: disk.path };
      for (const generation of [1, 2]) {
        await using task = startCityProcess(["load", connect], environment);
        await task.says(/"msg":"loaded"/);
        expect((await task.stop()).code).toBe(0);
        const tip = await world.coins.tip();
        const final = HEIGHT - exosRegtest.consensus.reorgBlocksMax;
        expect(tip).toMatchObject({ gen: generation, floor: final, final, height: final });
        const own = await peer.node.coins.tip();
        if (tip === undefined || own === undefined) throw new RangeError("no tip");
        // The digest that the tip carries is that of the coins at this block of the peer's chain.
        const view = cutView(own, tip);
        expect(await world.coins.totals(tip)).toEqual(
          await peer.node.coins.totals({ ...own, ...view }),
        );
      }
    },
  );
});
