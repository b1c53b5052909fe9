import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { stampOf, startExternalCity } from "../support/external-city.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { importFile } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const path = vectorsPath("exos-regtest/chain.dat");
/** The last block of the first segment. */
const END = 999;

describe.skipIf(path === undefined)("a city outside AWS", () => {
  it("is a witness of the set at the end of a segment, also when it was started anew", async () => {
    const folder = temporaryFolder();
    await using peer = await openPeerNode(exosRegtest, join(folder, "peer"));
    await importFile(peer.node, path ?? "", { stopHeight: END - 1 });
    await peer.ingest.tipMoved();
    const words = [`--connect=127.0.0.1:${peer.endpoint.port}`];
    const options = { words, release: "2026.11.1" };
    const place = `/v1/snapshots/${END}`;
    let muhash: string;
    {
      await using city = await startExternalCity(join(folder, "city"), options);
      const tip = async () => (await city.readyAt())?.height;
      await expect.poll(tip, { interval: 50, timeout: 300_000 }).toBe(END - 1);
      expect((await city.ask(place, stampOf())).status).toBe(404);
      await importFile(peer.node, path ?? "", { stopHeight: END });
      const at = await peer.node.coins.tip();
      if (at?.height !== END) throw new RangeError("no chain");
      muhash = toHashHex((await peer.node.coins.totals(at)).muhash);
      await importFile(peer.node, path ?? "", { stopHeight: END + 2 });
      await peer.ingest.tipMoved();
      const counted = async () => (await city.ask(place, stampOf())).json();
      await expect
        .poll(counted, { interval: 50, timeout: 300_000 })
        .toEqual({ height: END, hash: at.hash, muhash });
    }
    await using again = await startExternalCity(join(folder, "city"), options);
    const answer = await again.ask(place, stampOf());
    expect(await answer.json()).toMatchObject({ height: END, muhash });
  });
});
