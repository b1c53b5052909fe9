import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONFIG_CHECKS } from "#services/cli/doctor/config-checks.ts";
import { judgeOpenFiles, openFilesMax } from "#services/cli/doctor/host-checks.ts";
import { NODE_CHECKS, NODE_LOOKS, type RunningNode } from "#services/cli/doctor/node-checks.ts";
import { judgeCheckpoints } from "#services/cli/doctor/store-checks.ts";
import { readConfig } from "#services/cli/read-config.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { genesisTip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { height } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const { signal } = new AbortController();
const reason = (code: string) => ({ code, text: "so it is", fix: "do this" });
const WELL: RunningNode = {
  node: { indexHeight: 900, tip: { height: 900 } },
  pool: { usage: 0, maxmempool: 1_000 },
  fleet: { split: false, cities: [] },
  staking: { enabled: true, reason: reason("searching") },
};

describe("what doctor asks a running node of itself", () => {
  it.each(Object.keys(NODE_LOOKS))("finds nothing wrong where nothing is: %s", (id) => {
    expect(NODE_LOOKS[id]?.(WELL).verdict).toBe("ok");
    expect(NODE_LOOKS[id]?.({ ...WELL, staking: undefined }).verdict).toBe("ok");
  });

  it.each<[string, Partial<RunningNode>, string]>([
    ["chain-index", { node: { indexHeight: 899, tip: { height: 900 } } }, "ok"],
    ["chain-index", { node: { indexHeight: 898, tip: { height: 900 } } }, "warning"],
    ["chain-index", { node: { indexHeight: null, tip: { height: 900 } } }, "warning"],
    ["chain-mempool", { pool: { usage: 949, maxmempool: 1_000 } }, "ok"],
    ["chain-mempool", { pool: { usage: 950, maxmempool: 1_000 } }, "warning"],
    ["chain-split", { fleet: { split: false, cities: [{ city: "syd" }] } }, "ok"],
    ["chain-split", { fleet: { split: true, cities: [{ city: "syd" }] } }, "warning"],
    ["wallet-locked", { staking: { enabled: true, reason: reason("locked") } }, "warning"],
    ["wallet-locked", { staking: { enabled: false, reason: reason("off") } }, "ok"],
    ["wallet-staking", { staking: { enabled: true, reason: reason("confirming") } }, "ok"],
    ["wallet-staking", { staking: { enabled: true, reason: reason("no-coins") } }, "warning"],
    ["wallet-staking", { staking: { enabled: false, reason: reason("off") } }, "ok"],
  ])("%s, %j: %s", (id, change, verdict) => {
    const found = NODE_LOOKS[id]?.({ ...WELL, ...change });
    expect(found?.verdict).toBe(verdict);
    expect(found?.fix === undefined).toBe(verdict === "ok");
  });

  it("finds nothing where no node runs", async () => {
    const flags = [
      ["datadir", temporaryFolder()],
      ["httpport", "1"],
      ["rpcport", "1"],
    ] as const;
    const config = readConfig({ flags, environment: {} });
    for (const { run } of NODE_CHECKS) {
      expect((await run(config, signal)).evidence).toBe("no node runs");
    }
  });
});

describe("what doctor reads of machine, configuration and chain", () => {
  it.each([
    ["Max open files            1023                 1048576              files", "warning"],
    ["Max open files            1024                 1048576              files", "ok"],
    ["Max open files            unlimited            unlimited            files", "ok"],
    ["", "ok"],
  ])("judges %j: %s", (limits, verdict) => {
    expect(judgeOpenFiles(openFilesMax(limits)).verdict).toBe(verdict);
  });

  it("shows the names of ours for those of other programs", async () => {
    const datadir = temporaryFolder();
    const look = async (text: string) => {
      mkdirSync(datadir, { recursive: true });
      writeFileSync(join(datadir, "exos.conf"), text);
      const config = readConfig({ flags: [["datadir", datadir]], environment: {} });
      return CONFIG_CHECKS.find(({ id }) => id === "config-names")?.run(config, signal);
    };
    expect(await look("loglevel=debug\n")).toMatchObject({ verdict: "ok" });
    const found = await look("regtest=1\n\napi_port=4500\n");
    expect(found).toMatchObject({ verdict: "warning" });
    expect(found?.evidence).toContain("line 1: regtest is network=exos-regtest here");
    expect(found?.evidence).toContain("line 3: api_port is httpport here");
  });

  it("tells a chain that leaves a checkpoint aside", async () => {
    const coins = createMemoryCoinStore("exos");
    const record = genesisRecord(exosRegtest);
    await coins.commit(0, genesisTip(record));
    const look = (at: number, hash = exosRegtest.consensus.genesis.hash) => {
      const checkpoint = { height: height(at), hash, stakeModifier: hash };
      const consensus = { ...exosRegtest.consensus, checkpoints: [checkpoint] };
      return judgeCheckpoints({ coins, network: { ...exosRegtest, consensus } });
    };
    expect(await look(0)).toMatchObject({ verdict: "ok", evidence: "1 checkpoints match" });
    const other = zeroHash();
    expect(await look(0, other)).toMatchObject({ verdict: "broken" });
    expect(await look(1, other)).toMatchObject({ verdict: "ok" });
  });
});
