import { describe, expect, it } from "vitest";
import { encodeCompact } from "#shared/consensus/encode-compact.ts";
import { genesisBlock, genesisRecord } from "#shared/consensus/genesis-record.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { loadVectors } from "../../support/vectors.ts";

interface GenesisVector {
  readonly x13Hash: string;
  readonly block: string;
  readonly txid: string;
}

interface CheckpointVector {
  readonly height: number;
  readonly hash: string;
  readonly stakeModifierV2: string;
}

const vectors = loadVectors<{
  readonly genesis: Readonly<Record<string, GenesisVector>>;
  readonly checkpoints: Readonly<Record<string, readonly CheckpointVector[]>>;
}>("exos-vectors.json");

const network = (name: string) => {
  const found = NETWORKS[name];
  if (found === undefined) throw new Error(`no network ${name}`);
  return found;
};

describe("networks", () => {
  it("are five, each under its own name", () => {
    expect(Object.keys(NETWORKS).sort()).toEqual([
      "bitcoin-regtest",
      "exos",
      "exos-regtest",
      "exos-test",
      "stratis",
    ]);
    for (const [name, { name: own }] of Object.entries(NETWORKS)) expect(own).toBe(name);
  });

  it.each(Object.keys(NETWORKS))("%s starts from the genesis block it pins", (name) => {
    const { consensus } = network(name);
    const block = genesisBlock(network(name));
    expect(equalBytes(block.hash, consensus.genesis.hash)).toBe(true);
    expect(block.sizeTotal).toBe(consensus.genesis.raw.length);
    expect(block.header.bits).toBe(consensus.genesisBits);
    const first = block.transactions[0];
    expect(first && equalBytes(first.txid, block.header.merkleRoot)).toBe(true);
  });

  it.each(Object.keys(NETWORKS))("%s records genesis at height 0, its own ancestor", (name) => {
    const record = genesisRecord(network(name));
    expect(record.height).toBe(0);
    expect(record.skip).toBe(record.hash);
    expect(record.stakeModifier).toEqual(new Uint8Array(32));
    expect(record.context.times).toEqual([record.header.time]);
  });

  it("tell their magics and ports apart", () => {
    const rows = Object.values(NETWORKS);
    expect(new Set(rows.map(({ magic }) => toHex(magic))).size).toBe(rows.length);
    const ports = rows.flatMap(({ ports: { p2p, rpc, http } }) => [p2p, rpc, http]);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it("encode their limits as the specification prints them", () => {
    expect(encodeCompact(network("exos").consensus.work.limit)).toBe(0x1e0fffff);
    expect(encodeCompact(network("exos-test").consensus.work.limit)).toBe(0x1f00ffff);
    expect(encodeCompact(network("exos-regtest").consensus.work.limit)).toBe(0x207fffff);
    expect(encodeCompact(network("exos").consensus.stake?.limit ?? 0n)).toBe(0x1b00ffff);
  });

  it.skipIf(vectors === undefined).each([
    ["main", "exos"],
    ["test", "exos-test"],
    ["regtest", "exos-regtest"],
    ["stratisMain", "stratis"],
  ])("genesis of the vectors' %s is that of %s", (key, name) => {
    const vector = vectors?.genesis[key];
    const block = genesisBlock(network(name));
    expect(toHex(network(name).consensus.genesis.raw)).toBe(vector?.block);
    expect(toHashHex(block.hash)).toBe(vector?.x13Hash);
    expect(block.transactions.map(({ txid }) => toHashHex(txid))).toEqual([vector?.txid]);
  });

  it.skipIf(vectors === undefined).each([
    ["main", "exos"],
    ["test", "exos-test"],
  ])("checkpoints of the vectors' %s are those of %s", (key, name) => {
    const ours = network(name).consensus.checkpoints.map((row) => ({
      height: row.height,
      hash: toHashHex(row.hash),
      stakeModifierV2: toHashHex(row.stakeModifier),
    }));
    expect(ours).toEqual(vectors?.checkpoints[key]);
  });
});
