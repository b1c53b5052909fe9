import { decodeWhole } from "#shared/codec/decode-whole.ts";
import { readHeader } from "#shared/codec/header.ts";
import {
  buildPartialMerkleTree,
  type PartialMerkleTree,
  readPartialMerkleTree,
  writePartialMerkleTree,
} from "#shared/codec/partial-merkle-tree.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { Block, BlockHeader } from "#shared/primitives/block.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** A header and a partial tree of its transactions, as clients of Bitcoin Core read them. */
export interface MerkleBlock {
  readonly header: BlockHeader;
  readonly tree: PartialMerkleTree;
}

/** The proof that these transactions are in the block. @source bitcoin/bitcoin merkleblock.h */
export function encodeMerkleBlock(block: Block, shown: ReadonlySet<HashHex>): Uint8Array {
  const txids = block.transactions.map(({ txid }) => txid);
  const writer = new Writer();
  writer.bytes(block.header.bytes);
  writePartialMerkleTree(
    writer,
    buildPartialMerkleTree(txids, (txid) => shown.has(toHashHex(txid))),
  );
  return writer.finish();
}

/** @returns `undefined` when the bytes have no such shape, or go on after it */
export function decodeMerkleBlock(bytes: Uint8Array): MerkleBlock | undefined {
  const decoded = decodeWhole(bytes, (reader) => {
    const header = readHeader(reader);
    const tree = readPartialMerkleTree(reader);
    return { header, tree, whole: reader.left === 0 };
  });
  return decoded.ok && decoded.value.whole ? decoded.value : undefined;
}
