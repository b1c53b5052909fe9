import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Block } from "#shared/primitives/block.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { loadChain } from "../support/chain-file.ts";
import { loadVectors } from "../support/vectors.ts";
import { JudgedChain } from "../support/whole-judge.ts";

const network = (name: string): Network => {
  const found = NETWORKS[name];
  if (found === undefined) throw new Error(`no network ${name}`);
  return found;
};

const blockOf = (raw: Uint8Array, { consensus }: Network): Block => {
  const decoded = decodeBlock(raw, consensus.wire);
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
};

/** Judge every block of a file with every rule, by a clock that shows the block's own time. */
function judgeAll(raws: readonly Uint8Array[], on: Network): JudgedChain {
  const chain = new JudgedChain(on);
  for (const raw of raws) {
    const block = blockOf(raw, on);
    if (equalBytes(block.hash, on.consensus.genesis.hash)) continue;
    const verdict = chain.offer(block, block.header.time);
    expect(verdict, `height ${chain.tip.height + 1}`).toBeUndefined();
  }
  return chain;
}

const supplyOf = ({ coins }: JudgedChain): bigint =>
  [...coins.coins.values()].reduce((sum, { value }) => sum + value, 0n);

/** Totals of networks.md. */
const CHAINS = [
  ["exos-regtest/chain.dat", "exos-regtest", 3121, 6124, 30_003_379_892_962_965n],
  ["exos-regtest/odd-chain.dat", "exos-regtest", 609, 1871, 30_000_447_992_022_962n],
  ["stratis/blk0001.dat", "stratis", 1999, 2202, 9_800_669_885_950_000n],
] as const;

interface ChainRow {
  readonly height: number;
  readonly hash: string;
  readonly flags: string;
  readonly modifierv2: string;
  readonly hashproof: string;
  readonly chainwork: string;
}

const rows = loadVectors<readonly ChainRow[]>("exos-regtest/chain.json");
const stratis = loadVectors<{
  readonly stratisChain: {
    readonly types: string;
    readonly headers: readonly string[];
    readonly stakeModifierV2: Readonly<Record<string, string>>;
  };
}>("exos-vectors.json")?.stratisChain;

describe("a recorded chain", () => {
  for (const [file, name, height, coins, supply] of CHAINS) {
    const raws = loadChain(file, 4);
    it.skipIf(raws === undefined)(`${file} passes every rule`, { timeout: 60_000 }, () => {
      const chain = judgeAll(raws ?? [], network(name));
      expect(chain.tip.height).toBe(height);
      expect(chain.coins.coins.size).toBe(coins);
      expect(supplyOf(chain)).toBe(supply);
      if (file === "exos-regtest/chain.dat") compareRows(chain);
      if (name === "stratis") compareStratis(chain);
    });
  }
});

function compareRows(chain: JudgedChain): void {
  const ours = chain.records.slice(1).map((record) => ({
    height: record.height,
    hash: record.hash,
    flags: record.proofKind === "stake" ? "proof-of-stake" : "proof-of-work",
    modifierv2: toHashHex(record.stakeModifier),
    hashproof: toHashHex(record.hashProof),
    chainwork: record.work.toString(16).padStart(64, "0"),
  }));
  const theirs = (rows ?? []).map(({ height, hash, flags, modifierv2, hashproof, chainwork }) => ({
    height,
    hash,
    flags,
    modifierv2,
    hashproof,
    chainwork,
  }));
  expect(ours).toEqual(theirs);
}

/** Headers, kinds and modifiers of the vectors, at every height that the file reaches. */
function compareStratis(chain: JudgedChain): void {
  const types = chain.records.map(({ proofKind }) => (proofKind === "stake" ? "s" : "w")).join("");
  expect(types).toBe(stratis?.types.slice(0, types.length));
  const headers = chain.records.map(({ header }) => toHex(header.bytes));
  expect(headers).toEqual(stratis?.headers.slice(0, headers.length));
  const pinned = { ...stratis?.stakeModifierV2, ...pinnedModifiers() };
  const within = Object.entries(pinned).filter(([at]) => Number(at) <= chain.tip.height);
  expect(within.length).toBeGreaterThan(20);
  for (const [at, modifier] of within) {
    const record = chain.records[Number(at)];
    expect(record && toHashHex(record.stakeModifier), `modifier at ${at}`).toBe(modifier);
  }
}

function pinnedModifiers(): Record<string, string> {
  const { checkpoints } = network("stratis").consensus;
  return Object.fromEntries(
    checkpoints.map((row) => [String(row.height), toHashHex(row.stakeModifier)]),
  );
}
