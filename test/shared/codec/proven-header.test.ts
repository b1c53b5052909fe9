import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { extractPartialMerkleTree } from "#shared/codec/partial-merkle-tree.ts";
import {
  decodeProvenHeader,
  encodeProvenHeader,
  provenHeaderOf,
} from "#shared/codec/proven-header.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";
import { loadChain } from "../../support/chain-file.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { loadVectors } from "../../support/vectors.ts";
import { EXOS_WIRE } from "../../support/wires.ts";

interface ProvenVector {
  readonly height: number;
  readonly blockHash: string;
  readonly merkleProofSize: number;
  readonly signatureSize: number;
  readonly coinstakeSize: number;
  readonly raw: string;
}

const vectors = loadVectors<{ provenHeaders: { cases: ProvenVector[] } }>("exos-vectors.json");
const chain = loadChain("stratis/blk0001.dat", 4);

describe("proven headers", () => {
  it.skipIf(vectors === undefined)("are read and written as the reference does", () => {
    for (const { height, blockHash, raw, ...sizes } of vectors?.provenHeaders.cases ?? []) {
      const result = decodeProvenHeader(hexToBytes(raw), EXOS_WIRE);
      if (!result.ok) throw result.error;
      expect(toHashHex(result.value.hash), `height ${height}`).toBe(blockHash);
      expect(bytesToHex(encodeProvenHeader(result.value)), `height ${height}`).toBe(raw);
      expect(result.value.sizes).toEqual({
        merkleProof: sizes.merkleProofSize,
        signature: sizes.signatureSize,
        coinstake: sizes.coinstakeSize,
      });
      expect(extractPartialMerkleTree(result.value.merkleProof)).toMatchObject({
        root: result.value.header.merkleRoot,
        matches: [{ txid: result.value.coinstake.txid }],
      });
    }
    const run = vectors?.provenHeaders.cases.length ?? 0;
    reportVectors({ name: "exos-vectors.json#provenHeaders", run });
  });

  it.skipIf(vectors === undefined || chain === undefined)(
    "are built from a block as the reference builds them",
    () => {
      const cases = vectors?.provenHeaders.cases.filter(({ height }) => height < 2000) ?? [];
      expect(cases.length).toBeGreaterThan(0);
      for (const { height, raw } of cases) {
        const result = decodeBlock(chain?.[height] ?? new Uint8Array(0), EXOS_WIRE);
        if (!result.ok) throw result.error;
        const proven = provenHeaderOf(result.value);
        if (proven === undefined) throw new RangeError("the block is empty");
        expect(bytesToHex(encodeProvenHeader(proven)), `height ${height}`).toBe(raw);
        const read = decodeProvenHeader(hexToBytes(raw), EXOS_WIRE);
        expect(read).toMatchObject({ ok: true, value: proven });
      }
    },
  );

  it.skipIf(chain === undefined)("carry the first transaction of a proof-of-work block", () => {
    const result = decodeBlock(chain?.[1] ?? new Uint8Array(0), EXOS_WIRE);
    if (!result.ok) throw result.error;
    const proven = provenHeaderOf(result.value);
    expect(proven?.coinstake).toBe(result.value.transactions[0]);
    expect(isCoinstake(result.value.transactions[0] ?? { inputs: [], outputs: [] })).toBe(false);
    expect(provenHeaderOf({ ...result.value, transactions: [] })).toBeUndefined();
  });

  it("make no decoder throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        decodeProvenHeader(Uint8Array.of(...new Uint8Array(80).fill(0x20), ...noise), EXOS_WIRE);
      }),
    );
  });
});
