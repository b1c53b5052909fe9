import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PEER_CHECKS, PEER_LOOKS } from "#services/cli/doctor/peer-checks.ts";
import { readConfig } from "#services/cli/read-config.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const configOf = (...flags: readonly (readonly [string, string])[]) =>
  readConfig({
    flags: [...flags, ["datadir", temporaryFolder()], ["network", "exos"]],
    environment: {},
  });

const NETWORK = {
  connections: 8,
  connections_in: 3,
  connections_out: 5,
  clockskew: 0,
  listening: ["[::]:4562"],
  warnings: [],
};
const NODE = {
  uptimeSeconds: 100_000,
  tip: { height: 900, ageSeconds: 30 },
  sync: { headers: 900, blocks: 900 },
};

describe("what doctor asks a running node", () => {
  it.each(Object.keys(PEER_LOOKS))("finds nothing wrong where nothing is: %s", (id) => {
    expect(PEER_LOOKS[id]?.(NETWORK, NODE, configOf()).verdict).toBe("ok");
  });

  it.each([
    ["host-clock", { clockskew: 15 }, {}, "ok"],
    ["host-clock", { clockskew: -16 }, {}, "warning"],
    ["host-clock", { clockskew: 1_500 }, {}, "warning"],
    ["host-clock", { clockskew: 1_501 }, {}, "broken"],
    ["host-clock", { clockskew: null }, {}, "ok"],
    ["chain-peers", { connections: 0 }, {}, "broken"],
    ["chain-peers", { connections: 0 }, { uptimeSeconds: 119 }, "ok"],
    ["chain-peers", { connections: 0, warnings: ["no source"] }, { uptimeSeconds: 1 }, "broken"],
    ["chain-inbound", { connections_in: 0 }, {}, "warning"],
    ["chain-inbound", { connections_in: 0 }, { uptimeSeconds: 86_399 }, "ok"],
    ["chain-inbound", { connections_in: 0, listening: [] }, {}, "ok"],
    ["chain-tip-age", {}, { tip: { height: 1, ageSeconds: 7_200 } }, "ok"],
    ["chain-tip-age", {}, { tip: { height: 1, ageSeconds: 7_201 } }, "warning"],
    ["chain-lag", {}, { sync: { headers: 902, blocks: 900 } }, "ok"],
    ["chain-lag", {}, { sync: { headers: 903, blocks: 900 } }, "warning"],
  ])("%s, %j %j: %s", (id, network, node, verdict) => {
    const found = PEER_LOOKS[id]?.({ ...NETWORK, ...network }, { ...NODE, ...node }, configOf());
    expect(found?.verdict).toBe(verdict);
    expect(found?.fix === undefined).toBe(verdict === "ok");
  });

  it("asks nothing of a development network that it cannot have", () => {
    const config = configOf(["network", "exos-regtest"]);
    const alone = { ...NETWORK, connections: 0, connections_in: 0 };
    const old = { ...NODE, tip: { height: 1, ageSeconds: 1e6 } };
    for (const [id, look] of Object.entries(PEER_LOOKS)) {
      expect(look(alone, old, config).verdict, id).toBe("ok");
    }
  });
});

describe("what doctor reads in the configuration", () => {
  const verdictOf = async (id: string, config: ReturnType<typeof configOf>) =>
    (await PEER_CHECKS.find((check) => check.id === id)?.run(config, new AbortController().signal))
      ?.verdict;

  it("warns of a public node that has no way to hear of another", async () => {
    expect(await verdictOf("config-peer-source", configOf())).toBe("warning");
    expect(await verdictOf("config-peer-source", configOf(["dnsseed", "1"]))).toBe("ok");
    expect(await verdictOf("config-peer-source", configOf(["addnode", "1.2.3.4"]))).toBe("ok");
    const development = configOf(["network", "exos-regtest"]);
    expect(await verdictOf("config-peer-source", development)).toBe("ok");
    const known = configOf();
    mkdirSync(join(known.datadir, "exos"));
    writeFileSync(join(known.datadir, "exos", "peers.json"), "{}");
    expect(await verdictOf("config-peer-source", known)).toBe("ok");
  });

  it.each([
    [[], "ok"],
    [[["connect", "1.2.3.4"]], "ok"],
    [
      [
        ["connect", "1.2.3.4"],
        ["addnode", "1.2.3.5"],
      ],
      "warning",
    ],
    [
      [
        ["connect", "1.2.3.4"],
        ["dnsseed", "1"],
      ],
      "warning",
    ],
    [
      [
        ["listen", "0"],
        ["externalip", "1.2.3.4"],
      ],
      "warning",
    ],
    [
      [
        ["listen", "0"],
        ["bind", "1.2.3.4"],
      ],
      "warning",
    ],
  ] as const)("names keys that undo each other: %j", async (flags, verdict) => {
    expect(await verdictOf("config-conflicts", configOf(...flags))).toBe(verdict);
  });

  it("finds nothing where no node runs", async () => {
    const config = configOf(["httpport", "1"], ["rpcport", "1"]);
    for (const id of Object.keys(PEER_LOOKS)) expect(await verdictOf(id, config)).toBe("ok");
  });
});
