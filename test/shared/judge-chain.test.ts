import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { decodeProvenHeader, type ProvenHeader } from "#shared/codec/proven-header.ts";
import { judgeHeader } from "#shared/consensus/judge-header.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { Block } from "#shared/primitives/block.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import { loadChain } from "../support/chain-file.ts";
import { reportVectors } from "../support/vector-report.ts";
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
function judgeAll(
  raws: readonly Uint8Array[],
  on: Network,
  announced: ReadonlyMap<number, ProvenHeader>,
): JudgedChain {
  const chain = new JudgedChain(on);
  for (const raw of raws) {
    const block = blockOf(raw, on);
    if (equalBytes(block.hash, on.consensus.genesis.hash)) continue;
    const proven = announced.get(chain.tip.height + 1);
    if (proven !== undefined) {
      expect(judgeHeader(proven, chain.env(block.header.time))).toBeUndefined();
    }
    const verdict = chain.offer(block, block.header.time);
    expect(verdict, `height ${chain.tip.height + 1}`).toBeUndefined();
  }
  return chain;
}

const supplyOf = ({ coins }: JudgedChain): bigint =>
  [...coins.coins.values()].reduce((sum, { value }) => sum + value, 0n);

/** Totals of networks.md. */
const CHAINS: readonly (readonly [string, string, 0 | 4, number, number, bigint])[] = [
  ["exos-regtest/chain.dat", "exos-regtest", 4, 3121, 6124, 30_003_379_892_962_965n],
  ["exos-regtest/odd-chain.dat", "exos-regtest", 4, 609, 1871, 30_000_447_992_022_962n],
  ["stratis/blk0001.dat", "stratis", 4, 1999, 2202, 9_800_669_885_950_000n],
];

/** Of the long chain, what a short test has time for: the totals are those of `import`. */
const BITCOIN_BLOCKS = 300;

interface ChainRow {
  readonly height: number;
  readonly hash: string;
  readonly flags: string;
  readonly modifierv2: string;
  readonly hashproof: string;
  readonly chainwork: string;
}

const rows = loadVectors<readonly ChainRow[]>("exos-regtest/chain.json");
const vectors = loadVectors<{
  readonly provenHeaders: {
    readonly cases: readonly { readonly height: number; readonly raw: string }[];
  };
  readonly stratisChain: {
    readonly types: string;
    readonly headers: readonly string[];
    readonly stakeModifierV2: Readonly<Record<string, string>>;
  };
}>("exos-vectors.json");
const stratis = vectors?.stratisChain;

describe("a recorded chain", () => {
  for (const [file, name, headBytes, height, coins, supply] of CHAINS) {
    const raws = loadChain(file, headBytes);
    it.skipIf(raws === undefined)(`${file} passes every rule`, () => {
      const announced = name === "stratis" ? provenHeaders() : new Map<number, ProvenHeader>();
      const chain = judgeAll(raws ?? [], network(name), announced);
      expect(chain.tip.height).toBe(height);
      expect(chain.coins.coins.size).toBe(coins);
      expect(supplyOf(chain)).toBe(supply);
      if (file === "exos-regtest/chain.dat") compareRows(chain);
      if (name === "stratis") compareStratis(chain);
    });
  }
});

describe("the Bitcoin chain", () => {
  const raws = loadChain("bitcoin-regtest/chain.bin", 0)?.slice(0, BITCOIN_BLOCKS);
  it.skipIf(raws === undefined)("passes every rule as far as it is read", () => {
    const chain = judgeAll(raws ?? [], network("bitcoin-regtest"), new Map());
    expect(chain.tip.height).toBe(BITCOIN_BLOCKS);
    expect(chain.coins.coins.size).toBeGreaterThan(BITCOIN_BLOCKS);
  });
});

/** Real proven headers by height, each as the vectors' bytes. */
function provenHeaders(): Map<number, ProvenHeader> {
  const { wire } = network("stratis").consensus;
  const rows = (vectors?.provenHeaders.cases ?? []).map((row) => {
    const decoded = decodeProvenHeader(fromHex(row.raw), wire);
    if (!decoded.ok) throw decoded.error;
    return [row.height, decoded.value] as const;
  });
  reportVectors({ name: "exos-vectors.json#provenHeaders (judged)", run: rows.length });
  return new Map(rows);
}

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
