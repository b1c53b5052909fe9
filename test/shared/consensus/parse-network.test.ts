import { describe, expect, it } from "vitest";
import { formatNetwork } from "#shared/consensus/format-network.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import { parseNetwork } from "#shared/consensus/parse-network.ts";

/** The faults of exos-regtest under another name, changed at one path; `undefined` takes away. */
function faultsOf(path: string, value: unknown, base = "exos-regtest"): readonly string[] {
  const network = NETWORKS[base];
  if (network === undefined) throw new Error(`no network ${base}`);
  const json = JSON.parse(JSON.stringify({ ...formatNetwork(network), name: "mine" })) as unknown;
  const names = path.split(".");
  const last = names.pop() ?? "";
  let place = json as Record<string, unknown>;
  for (const name of names) place = place[name] as Record<string, unknown>;
  if (value === undefined) delete place[last];
  else place[last] = value;
  const parsed = parseNetwork(json);
  return parsed.ok ? [] : parsed.error.map((row) => `${row.path}: ${row.reason}`);
}

describe("parseNetwork", () => {
  it.each(Object.values(NETWORKS))("reads back what formatNetwork writes of $name", (network) => {
    const mine = { ...network, name: "mine" };
    const json = JSON.parse(JSON.stringify(formatNetwork(mine))) as unknown;
    expect(parseNetwork(json)).toEqual({ ok: true, value: mine });
  });

  it("takes what a base has where a file is silent", () => {
    const json = {
      base: "exos-regtest",
      name: "mine",
      ports: { p2p: 1000 },
      consensus: { premine: null, spacingSeconds: 8 },
    };
    expect(parseNetwork(json)).toEqual({
      ok: true,
      value: {
        ...exosRegtest,
        name: "mine",
        ports: { ...exosRegtest.ports, p2p: 1000 },
        consensus: { ...exosRegtest.consensus, premine: undefined, spacingSeconds: 8 },
      },
    });
  });

  it("names every fault at once, with its path", () => {
    const parsed = parseNetwork({
      base: "exos-regtest",
      name: "Mine",
      magic: "00",
      consensus: { stake: { depth: [{ from: 0, blocks: -1 }] }, checkpoints: [{ height: 1 }] },
    });
    expect(parsed.ok ? [] : parsed.error.map(({ path }) => path).sort()).toEqual([
      "consensus.checkpoints[0].hash",
      "consensus.checkpoints[0].stakeModifier",
      "consensus.stake.depth[0].blocks",
      "magic",
      "name",
    ]);
  });

  it.each([
    [null, ": must be an object"],
    [[], ": must be an object"],
    ["exos", ": must be an object"],
    [{ base: "nowhere" }, "base: must be one of exos, "],
    [{ base: 1 }, "base: must be one of exos, "],
    [{ base: "exos-regtest" }, "name: is the name of a built-in network"],
  ])("refuses %j", (json, reason) => {
    const parsed = parseNetwork(json);
    const faults = parsed.ok ? [] : parsed.error.map((row) => `${row.path}: ${row.reason}`);
    expect(faults.length).toBe(1);
    expect(faults[0]?.startsWith(reason)).toBe(true);
  });

  const FAULTS: readonly (readonly [string, unknown, string])[] = [
    ["nme", "x", "nme: is no field of a network"],
    ["name", "9", "name: must be 1 to 32 small letters, digits and hyphens, a letter first"],
    ["kind", "live", 'kind: must be "main" or "test" or "regtest"'],
    ["ticker", undefined, "ticker: is missing: 1 to 10 capital letters and digits"],
    ["magic", "4adbeaf", "magic: must be 4 bytes in hex"],
    ["magic", "4adbeafcff", "magic: must be 4 bytes in hex"],
    ["magic", 7, "magic: must be 4 bytes in hex"],
    ["ports.p2p", 0, "ports.p2p: must be a whole number from 1 to 65535"],
    ["ports.p2p", 65_536, "ports.p2p: must be a whole number from 1 to 65535"],
    ["ports.p2p", 1.5, "ports.p2p: must be a whole number from 1 to 65535"],
    ["ports", 1, "ports: must be an object"],
    ["addresses.bech32", "A", "addresses.bech32: must be 1 to 20 small letters"],
    [
      "consensus.reorgBlocksMax",
      1_025,
      "consensus.reorgBlocksMax: must be a whole number from 1 to 1024",
    ],
    [
      "consensus.blockWeightMax",
      4_194_305,
      "consensus.blockWeightMax: must be a whole number from 1 to 4194304",
    ],
    ["consensus.stake.retarget", 1, "consensus.stake.retarget: must be true or false"],
    [
      "consensus.stake.reward",
      100,
      "consensus.stake.reward: must be base units as text of digits, at most 2^63 - 1",
    ],
    [
      "consensus.maxMoney",
      "9223372036854775808",
      "consensus.maxMoney: must be base units as text of digits, at most 2^63 - 1",
    ],
    [
      "consensus.work.limit",
      "0".repeat(64),
      "consensus.work.limit: must be a target of 64 hex digits, not zero",
    ],
    [
      "consensus.work.limit",
      1,
      "consensus.work.limit: must be a target of 64 hex digits, not zero",
    ],
    ["consensus.genesisBits", "207FFFFF", "consensus.genesisBits: must be 8 hex digits"],
    ["consensus.assumeValid", "00", "consensus.assumeValid: must be a hash of 64 hex digits"],
    ["consensus.assumeValid", 0, "consensus.assumeValid: must be a hash of 64 hex digits"],
    ["consensus.deployments", {}, "consensus.deployments: must be a list of at most 16"],
    [
      "consensus.deployments",
      Array.from({ length: 17 }, () => ({})),
      "consensus.deployments: must be a list of at most 16",
    ],
    [
      "consensus.genesis.hash",
      "00".repeat(32),
      "consensus.genesis.hash: must be the hash of raw, 00000755a53922ad3443a7609ee700ca246a547783116f2085fff1e486e56085",
    ],
    ["consensus.genesisBits", "207ffffe", "consensus.genesisBits: must be those of raw, 207fffff"],
    [
      "consensus.deploymentWindow.threshold",
      2017,
      "consensus.deploymentWindow.threshold: must not be more than the window has blocks",
    ],
    [
      "consensus.stake.depth",
      [{ from: 1, blocks: 10 }],
      "consensus.stake.depth: must begin at height 0 and ascend",
    ],
    [
      "consensus.stake.depth",
      [
        { from: 0, blocks: 10 },
        { from: 0, blocks: 20 },
      ],
      "consensus.stake.depth: must begin at height 0 and ascend",
    ],
    ["consensus.stake", null, 'consensus.stake: must be there in the dialect "exos"'],
    [
      "consensus.wire.blockSignature",
      false,
      'consensus.wire.blockSignature: must be true in the dialect "exos"',
    ],
  ];

  it.each(FAULTS)("says what is wrong with %s = %j", (path, value, expected) => {
    expect(faultsOf(path, value)).toContain(expected);
  });

  it("says what is wrong with the start of a deployment", () => {
    const row = { name: "csv", bit: 0, timeout: 1, heightMin: 0 };
    expect(faultsOf("consensus.deployments", [{ ...row, start: "soon" }])).toEqual([
      "consensus.deployments[0].start: must be a whole number from 0 to 4294967295",
    ]);
    expect(faultsOf("consensus.deployments", [{ ...row, start: "always" }])).toEqual([]);
    expect(faultsOf("consensus.deployments", [{ ...row, start: 0 }])).toEqual([]);
  });

  it("says that checkpoints must ascend", () => {
    const hash = "00".repeat(32);
    const rows = [2, 1].map((height) => ({ height, hash, stakeModifier: hash }));
    expect(faultsOf("consensus.checkpoints", rows)).toEqual([
      "consensus.checkpoints: must ascend by height",
    ]);
    expect(faultsOf("consensus.checkpoints", [...rows].reverse())).toEqual([]);
  });

  it("reads the sets that a network pins, which ascend too", () => {
    const digest = "ab".repeat(32);
    const rows = [2, 1].map((height) => ({ height, hash: "00".repeat(32), muhash: digest }));
    expect(faultsOf("consensus.pinnedSets", rows)).toEqual([
      "consensus.pinnedSets: must ascend by height",
    ]);
    expect(faultsOf("consensus.pinnedSets", [...rows].reverse())).toEqual([]);
    expect(faultsOf("consensus.pinnedSets", [{ height: 1, hash: digest, muhash: "ab" }])).toEqual([
      "consensus.pinnedSets[0].muhash: must be a hash of 64 hex digits",
    ]);
    // A file of before there were any.
    expect(faultsOf("consensus.pinnedSets", null)).toEqual([]);
  });

  it("says that a genesis block cannot be read", () => {
    const raw = `${"00".repeat(80)}05`;
    expect(faultsOf("consensus.genesis.raw", raw).join()).toContain(
      "consensus.genesis.raw: is no block: ",
    );
  });

  it.each([
    ["consensus.work.retarget", true, "must be false"],
    ["consensus.wire.transactionTime", true, "must be false"],
    ["consensus.stake", formatNetwork(exosRegtest)["consensus"], "is no field of a network"],
  ])("holds the bitcoin dialect to what is known of it: %s", (path, value, reason) => {
    expect(faultsOf(path, value, "bitcoin-regtest").join()).toContain(reason);
  });

  it("refuses stake beside the bitcoin dialect", () => {
    const regtest = formatNetwork(exosRegtest)["consensus"] as Record<string, unknown>;
    expect(faultsOf("consensus.stake", regtest["stake"], "bitcoin-regtest")).toContain(
      'consensus.stake: must be absent in the dialect "bitcoin"',
    );
  });
});
