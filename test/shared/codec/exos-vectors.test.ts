import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { isCoinbase, isCoinstake } from "#shared/primitives/transaction-shape.ts";
import { loadChain } from "../../support/chain-file.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";
import { EXOS_WIRE } from "../../support/wires.ts";

interface Genesis {
  readonly version: number;
  readonly headerTime: number;
  readonly nonce: number;
  readonly bits: string;
  readonly coinbaseTime: number;
  readonly scriptSig: string;
  readonly tx: string;
  readonly txid: string;
  readonly header: string;
  readonly x13Hash: string;
  readonly doubleSha256OfHeader_mustNotBeUsed: string;
  readonly block: string;
}

interface PosTransaction {
  readonly raw: string;
  readonly txid: string;
  readonly version: number;
  readonly time: number;
  readonly vin: number;
  readonly vout: number;
  readonly isCoinStake: boolean;
  readonly lockTime: number;
}

interface Vectors {
  readonly genesis: Readonly<Record<string, Genesis>>;
  readonly posTransactions: { readonly cases: readonly PosTransaction[] };
  readonly stratisBlock1: { readonly raw: string; readonly hash: string };
  readonly stratisBlock1125: {
    readonly raw: string;
    readonly hash: string;
    readonly txCount: number;
  };
  readonly merkle: {
    readonly cases: readonly { name: string; leaves: string[]; asserts: string[] }[];
  };
}

const vectors = loadVectors<Vectors>("exos-vectors.json");
const chain = loadChain("stratis/blk0001.dat", 4);

function decode(hex: string): Block {
  const bytes = hexToBytes(hex);
  const result = decodeBlock(bytes, EXOS_WIRE);
  if (!result.ok) throw result.error;
  expect(bytesToHex(encodeBlock(result.value, EXOS_WIRE))).toBe(hex);
  return result.value;
}

describe("vectors of the EXOS family", () => {
  it.skipIf(vectors === undefined)("give every genesis block its fields and X13 identity", () => {
    const networks = Object.entries(vectors?.genesis ?? {});
    for (const [name, row] of networks) {
      const block = decode(row.block);
      expect(toHashHex(block.hash), name).toBe(row.x13Hash);
      const doubled = toHashHex(hash256(block.header.bytes));
      expect(doubled, name).toBe(row.doubleSha256OfHeader_mustNotBeUsed);
      expect(bytesToHex(block.header.bytes), name).toBe(row.header);
      expect(block.header, name).toMatchObject({
        version: row.version,
        time: row.headerTime,
        bits: Number.parseInt(row.bits, 16),
        nonce: row.nonce,
        merkleRoot: fromHashHex(row.txid as HashHex),
      });
      const [coinbase] = block.transactions;
      if (coinbase === undefined) throw new RangeError("genesis is empty");
      expect(isCoinbase(coinbase), name).toBe(true);
      expect(coinbase.time, name).toBe(row.coinbaseTime);
      expect(bytesToHex(coinbase.raw), name).toBe(row.tx);
      expect(bytesToHex(coinbase.inputs[0]?.scriptSig ?? new Uint8Array(0))).toBe(row.scriptSig);
      expect(block.signature, name).toHaveLength(0);
    }
    expect(networks).toHaveLength(4);
    reportVectors({ name: "exos-vectors.json#genesis", run: networks.length });
  });

  it.skipIf(vectors === undefined)("give transactions their fields and identity", () => {
    const cases = vectors?.posTransactions.cases ?? [];
    for (const row of cases) {
      const result = decodeTransaction(hexToBytes(row.raw), EXOS_WIRE);
      if (!result.ok) throw result.error;
      const tx = result.value;
      expect(tx).toMatchObject({ version: row.version, time: row.time, lockTime: row.lockTime });
      expect([tx.inputs.length, tx.outputs.length]).toEqual([row.vin, row.vout]);
      expect(toHashHex(tx.txid)).toBe(row.txid);
      expect(isCoinstake(tx)).toBe(row.isCoinStake);
    }
    reportVectors({ name: "exos-vectors.json#posTransactions", run: cases.length });
  });

  it.skipIf(vectors === undefined || chain === undefined)("hold two blocks of the chain", () => {
    const first = decode(vectors?.stratisBlock1.raw ?? "");
    expect(toHashHex(first.hash)).toBe(vectors?.stratisBlock1.hash);
    expect(vectors?.stratisBlock1.raw).toBe(bytesToHex(chain?.[1] ?? new Uint8Array(0)));
    reportVectors({ name: "exos-vectors.json#stratisBlock1", run: 1 });

    const later = decode(vectors?.stratisBlock1125.raw ?? "");
    expect(toHashHex(later.hash)).toBe(vectors?.stratisBlock1125.hash);
    expect(later.transactions).toHaveLength(vectors?.stratisBlock1125.txCount ?? 0);
    expect(vectors?.stratisBlock1125.raw).toBe(bytesToHex(chain?.[1125] ?? new Uint8Array(0)));
    reportVectors({ name: "exos-vectors.json#stratisBlock1125", run: 1 });
  });

  it.skipIf(vectors === undefined)("say which Merkle trees are mutated", () => {
    const cases = vectors?.merkle.cases ?? [];
    for (const { name, leaves, asserts } of cases) {
      const { root, mutated } = merkleRoot(leaves.map((leaf) => fromHashHex(leaf as HashHex)));
      expect(asserts[0], name).toContain(`"${toHashHex(root)}"`);
      expect(asserts[1], name).toContain(mutated ? "True" : "False");
    }
    reportVectors({ name: "exos-vectors.json#merkle", run: cases.length });
  });
});
