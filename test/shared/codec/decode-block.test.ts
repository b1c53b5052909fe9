import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { loadChain } from "../../support/chain-file.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { BITCOIN_WIRE, EXOS_WIRE } from "../../support/wires.ts";

const chains = [
  ...["exos-regtest/chain.dat", "exos-regtest/odd-chain.dat", "stratis/blk0001.dat"].map(
    (name) => ({ name, wire: EXOS_WIRE, blocks: loadChain(name, 4) }),
  ),
  {
    name: "bitcoin-regtest/chain.bin",
    wire: BITCOIN_WIRE,
    blocks: loadChain("bitcoin-regtest/chain.bin", 0),
  },
];

const HEADER = new Uint8Array(80).fill(0x20);

describe("decodeBlock", () => {
  for (const { name, wire, blocks } of chains) {
    it.skipIf(blocks === undefined)(`writes the blocks of ${name} back, byte for byte`, () => {
      for (const [index, bytes] of blocks?.entries() ?? []) {
        const result = decodeBlock(bytes, wire);
        if (!result.ok) throw result.error;
        expect(result.value.sizeTotal, `record ${index}`).toBe(bytes.length);
        expect(Buffer.compare(encodeBlock(result.value, wire), bytes), `record ${index}`).toBe(0);
      }
      reportVectors({ name: `${name} (bytes)`, run: blocks?.length ?? 0 });
    });
  }

  it.skipIf(chains[0]?.blocks === undefined)(
    "faults with an offset where a real block is cut, at every byte",
    () => {
      const block = chains[0]?.blocks?.at(1000) ?? new Uint8Array(0);
      for (let size = 0; size < block.length; size++) {
        const result = decodeBlock(block.subarray(0, size), EXOS_WIRE);
        expect(result.ok, `cut at ${size}`).toBe(false);
        if (!result.ok) expect(result.error.offset).toBeLessThanOrEqual(size);
      }
    },
  );

  it("counts the signature in the size, and reads none on Bitcoin's wire", () => {
    const bytes = Uint8Array.of(...HEADER, 0, 2, 9, 9, 7);
    expect(decodeBlock(bytes, EXOS_WIRE)).toMatchObject({
      value: { transactions: [], signature: Uint8Array.of(9, 9), sizeTotal: 84, sizeStripped: 84 },
    });
    expect(decodeBlock(bytes, BITCOIN_WIRE)).toMatchObject({
      value: { signature: new Uint8Array(0), sizeTotal: 81 },
    });
  });

  it("throws for no bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, exos) => {
        decodeBlock(Uint8Array.of(...HEADER, ...noise), exos ? EXOS_WIRE : BITCOIN_WIRE);
      }),
    );
  });
});
