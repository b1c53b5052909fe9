import { describe, expect, it } from "vitest";
import { fetchSnapshot } from "#shared/adapters/embedded/snapshot-files.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { openCityWorld } from "../support/aws/city-world.ts";
import { startCityProcess } from "../support/city-process.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const FILE = "exos-regtest/chain.dat";
const path = vectorsPath(FILE);
/** Of it, one segment is final: the set is taken at its end, and the city goes on by itself. */
const [HEIGHT, END] = [1_640, 999];

describe("the loading task of a city, as a process", () => {
  it.skipIf(path === undefined)(
    "downloads, fills a generation, makes it the tip's, and another run does no harm",
    { timeout: 300_000 },
    async () => {
      await using world = await openCityWorld(exosRegtest);
      using folder = temporaryFolder();
      using disk = temporaryFolder();
      await using peer = await openPeerNode(exosRegtest, folder.path);
      await importFile(peer.node, path ?? "", { stopHeight: END });
      const end = await peer.node.coins.tip();
      if (end === undefined) throw new RangeError("no chain");
      const counted = await peer.node.coins.totals(end);
      await importFile(peer.node, path ?? "", { stopHeight: HEIGHT });
      await peer.ingest.tipMoved();
      const connect = `--connect=127.0.0.1:${peer.endpoint.port}`;
      const environment = { ...world.environment, EXOS_DATADIR: disk.path };
      for (const generation of [1, 2]) {
        await using task = startCityProcess(["load", connect], environment);
        await task.says(/"msg":"loaded"/);
        expect((await task.stop()).code).toBe(0);
        const tip = await world.coins.tip();
        expect(tip).toMatchObject({ gen: generation, floor: END, final: END, height: END });
        if (tip === undefined) throw new RangeError("no tip");
        // The digest that the tip carries is that of the coins that a replay counts at this block.
        expect(await world.coins.totals(tip)).toEqual(counted);
        // So does the segment that ends there, and what is published for others.
        const muhash = toHashHex(counted.muhash);
        expect((await world.segments.info(0))?.muhash).toBe(muhash);
        const names = await world.snapshots.names();
        expect(names).toEqual([`${END}-${tip.hash.slice(-8)}`]);
        const copy = temporaryFolder();
        const from = { network: exosRegtest };
        expect(await fetchSnapshot(world.snapshots, from, copy.path)).toMatchObject({ muhash });
      }
    },
  );
});
