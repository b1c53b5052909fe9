import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEVELOPMENT_SCRIPT } from "#services/cli/dev/development-address.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stampOf, startExternalCity } from "../support/external-city.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const BLOCKS = 3;

describe("a city outside AWS, started as it is rendered", () => {
  it("joins a node, and answers what came by the edge as the city that it is", async () => {
    const folder = temporaryFolder();
    await using peer = await openPeerNode(exosRegtest, join(folder, "peer"));
    const mined = await peer.node.staker.generate(BLOCKS, DEVELOPMENT_SCRIPT);
    if (!mined.ok) throw new RangeError(mined.error.message);
    await peer.ingest.tipMoved();

    const own = join(folder, "city");
    {
      await using city = await startExternalCity(own, {
        words: [`--connect=127.0.0.1:${peer.endpoint.port}`],
        release: "2026.11.1",
      });
      expect(city.city).toBe("nyc");
      const { ask } = city;
      const tip = async () => (await city.readyAt())?.height;
      await expect.poll(tip, { interval: 20, timeout: 300_000 }).toBe(BLOCKS);
      const answer = await ask("/c/nyc/readyz", stampOf());
      expect([answer.status, answer.headers.get("x-exos-city")]).toEqual([200, "nyc"]);
      expect(await answer.json()).toMatchObject({
        city: "nyc",
        version: "2026.11.1",
        reasons: [],
        tip: { hash: mined.value.at(-1) },
      });
      for (const headers of [{}, stampOf("another key")]) {
        const refused = await ask("/readyz", headers);
        expect([refused.status, refused.headers.get("x-exos-error")]).toEqual([403, "EXOS-E4032"]);
      }
      expect((await ask("/metrics", stampOf())).status).toBe(404);
    }
    expect(readdirSync(folder).toSorted()).toEqual(["city", "peer"]);
    expect(readdirSync(own).toSorted()).toEqual(["data", "secrets"]);
    const log = readFileSync(join(own, "data", "exos-regtest", "node.log"), "utf8");
    expect(new Set(log.match(/"city":"\w+"/g))).toEqual(new Set(['"city":"nyc"']));
    expect(readdirSync(join(own, "secrets"))).toEqual(["edge-key"]);
  });

  it.each([
    [["--city", "nyc"], "city nyc needs --secrets"],
    [["--city", "xyz", "--secrets", "."], '"xyz" is none of syd'],
    [["--secrets", "."], "say which city it is with --city"],
    [["--city", "nyc", "--secrets", ".", "--staking", "1"], "city nyc holds no keys"],
    [["--city", "nyc", "--secrets", ".", "--release", "a b"], '"a b" is no name'],
    [["--city", "nyc", "--secrets", ".", "--rpcbind", "0.0.0.0"], "without a login"],
  ])("does not start with %j", async (words, sentence) => {
    const { code, err } = await runInProcess(["start", ...words], {
      environment: { EXOS_DATADIR: temporaryFolder() },
    });
    expect(err).toContain(sentence);
    expect(code).toBe(2);
  });
});
