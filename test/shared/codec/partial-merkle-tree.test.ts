import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWhole } from "#shared/codec/decode-whole.ts";
import {
  buildPartialMerkleTree,
  extractPartialMerkleTree,
  readPartialMerkleTree,
  writePartialMerkleTree,
} from "#shared/codec/partial-merkle-tree.ts";
import { Writer } from "#shared/codec/writer.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import { zeroHash } from "#shared/primitives/hash.ts";

const leaf = (index: number) => hash256(Uint8Array.of(index, index >> 8));
const leaves = (count: number) => Array.from({ length: count }, (_, index) => leaf(index));

describe("partial Merkle trees", () => {
  it("show the leaves they were built for, under the block's root, after a round trip", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.func(fc.boolean()), (count, choose) => {
        const txids = leaves(count);
        const tree = buildPartialMerkleTree(txids, (_, index) => choose(index));
        const writer = new Writer();
        writePartialMerkleTree(writer, tree);
        const read = decodeWhole(writer.finish(), readPartialMerkleTree);
        if (!read.ok) throw read.error;
        expect(read.value).toEqual(tree);

        const extract = extractPartialMerkleTree(read.value);
        expect(extract).toEqual({
          root: merkleRoot(txids).root,
          matches: txids.flatMap((txid, index) => (choose(index) ? [{ index, txid }] : [])),
          exact: true,
        });
      }),
    );
  });

  it("show nothing of a block without transactions", () => {
    const tree = buildPartialMerkleTree([], () => true);
    expect(tree).toEqual({ transactionCount: 0, hashes: [], flags: new Uint8Array(0) });
    expect(extractPartialMerkleTree(tree)).toBeUndefined();
  });

  it("are refused when hashes or bits run out", () => {
    const tree = buildPartialMerkleTree(leaves(7), (_, index) => index === 6);
    for (let size = 0; size < tree.hashes.length; size++) {
      const cut = { ...tree, hashes: tree.hashes.slice(0, size) };
      expect(extractPartialMerkleTree(cut), `${size} hashes`).toBeUndefined();
    }
    expect(extractPartialMerkleTree({ ...tree, flags: new Uint8Array(0) })).toBeUndefined();
    const marked = { ...tree, hashes: leaves(20), flags: Uint8Array.of(0xff) };
    expect(extractPartialMerkleTree(marked)).toBeUndefined();
  });

  it("pass the reference with superfluous hashes and bits, but are not exact", () => {
    const tree = buildPartialMerkleTree(leaves(5), (_, index) => index === 1);
    const root = merkleRoot(leaves(5)).root;
    const more = { ...tree, hashes: [...tree.hashes, zeroHash()] };
    const longer = { ...tree, flags: Uint8Array.of(...tree.flags, 0) };
    for (const odd of [more, longer]) {
      expect(extractPartialMerkleTree(odd)).toMatchObject({ root, exact: false });
    }
  });

  it("are not exact where two siblings are equal", () => {
    const tree = { transactionCount: 2, hashes: [leaf(0), leaf(0)], flags: Uint8Array.of(0b111) };
    expect(extractPartialMerkleTree(tree)).toMatchObject({ exact: false });
  });

  it("never throw, and never walk further than their bits, whatever they claim", () => {
    const anyTree = fc.record({
      transactionCount: fc.nat(0xffff_ffff),
      hashes: fc.array(fc.constant(leaf(1)), { maxLength: 50 }),
      flags: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(fc.property(anyTree, (tree) => void extractPartialMerkleTree(tree)));
  });
});
