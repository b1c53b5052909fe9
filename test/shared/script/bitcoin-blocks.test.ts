import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import { verifyInput } from "#shared/script/verify-input.ts";
import { loadPrevouts } from "../../support/prevouts.ts";
import { scriptFlagsOf } from "../../support/script-flags-of.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { vectorsPath } from "../../support/vectors.ts";
import { BITCOIN_WIRE } from "../../support/wires.ts";

const LATE = "P2SH,DERSIG,CHECKLOCKTIMEVERIFY,CHECKSEQUENCEVERIFY,WITNESS,NULLDUMMY";

const BLOCKS = [
  { height: 300025, flags: "P2SH" },
  { height: 928816, flags: LATE },
  { height: 928828, flags: LATE },
  { height: 1087400, flags: LATE },
];

describe("real blocks of Bitcoin", () => {
  for (const { height, flags } of BLOCKS) {
    const path = vectorsPath(`bitcoin-blocks/block${height}.blk`);
    const prevouts = loadPrevouts(`bitcoin-blocks/block${height}.prevouts`) ?? [];
    it.skipIf(path === undefined)(`${height} spends only what it may spend`, () => {
      const bytes = new Uint8Array(readFileSync(path ?? ""));
      const result = decodeBlock(bytes, BITCOIN_WIRE);
      if (!result.ok) throw result.error;
      const block = result.value;
      expect(Buffer.compare(encodeBlock(block, BITCOIN_WIRE), bytes)).toBe(0);
      expect(merkleRoot(block.transactions.map((tx) => tx.txid))).toEqual({
        root: block.header.merkleRoot,
        mutated: false,
      });

      const spends = block.transactions
        .slice(1)
        .flatMap((tx) => tx.inputs.map((_, index) => ({ tx, index })));
      expect(spends).toHaveLength(prevouts.length);
      const judged = { flags: scriptFlagsOf(flags), dialect: "bitcoin" } as const;
      for (const [at, coin] of prevouts.entries()) {
        const spend = spends[at];
        if (spend === undefined) throw new RangeError(`no input ${at}`);
        expect(verifyInput({ ...spend, ...coin, ...judged }).error, `input ${at}`).toBeUndefined();
      }
      reportVectors({ name: `bitcoin-blocks/block${height}.blk`, run: spends.length });
    });
  }
});
