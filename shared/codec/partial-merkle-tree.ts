import type { Reader } from "#shared/codec/reader.ts";
import type { Writer } from "#shared/codec/writer.ts";
import { hash256Many } from "#shared/crypto/hash256-many.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";

/** That some transactions are in a block, shown by the branches that lead to them. */
export interface PartialMerkleTree {
  /** Of the whole block, unsigned 32-bit. */
  readonly transactionCount: number;
  /** Of leaves and of branches left out, depth first. */
  readonly hashes: readonly Hash256[];
  /** One bit a node, depth first, lowest bit first: whether a marked leaf is below it. */
  readonly flags: Uint8Array;
}

/** What a partial tree shows. */
export interface MerkleExtract {
  readonly root: Hash256;
  readonly matches: readonly { readonly index: number; readonly txid: Hash256 }[];
  /**
   * Whether every hash and every bit but padding was needed, and no two children of a node are
   * equal. The reference does not ask; Bitcoin Core does.
   */
  readonly exact: boolean;
}

/** @throws DecodeFault */
export function readPartialMerkleTree(reader: Reader): PartialMerkleTree {
  return {
    transactionCount: reader.u32(),
    hashes: reader.list(32, (items) => items.hash()),
    flags: reader.byteString(),
  };
}

/** @source exos-l1.md 2.6 */
export function writePartialMerkleTree(writer: Writer, tree: PartialMerkleTree): void {
  writer.u32(tree.transactionCount);
  writer.list(tree.hashes, (hash, items) => items.bytes(hash));
  writer.byteString(tree.flags);
}

/** Nodes of a row; row 0 holds the leaves. */
function width(transactionCount: number, row: number): number {
  return Math.ceil(transactionCount / 2 ** row);
}

/** The row of the root. */
function height(transactionCount: number): number {
  let row = 0;
  while (width(transactionCount, row) > 1) row++;
  return row;
}

function pairOf(left: Hash256, right: Hash256): Uint8Array {
  const pair = new Uint8Array(64);
  pair.set(left);
  pair.set(right, 32);
  return pair;
}

interface Node {
  readonly hash: Hash256;
  readonly marked: boolean;
}

/** An odd row repeats its last node. */
function rowAbove(nodes: readonly Node[]): Node[] {
  const pairs = nodes.flatMap((left, index) =>
    index % 2 === 0 ? [{ left, right: nodes[index + 1] ?? left }] : [],
  );
  const hashes = hash256Many(pairs.map(({ left, right }) => pairOf(left.hash, right.hash)));
  return hashes.map((hash, index) => {
    const pair = pairs[index];
    return { hash, marked: pair?.left.marked === true || pair?.right.marked === true };
  });
}

/**
 * The tree that shows these leaves of a block of at least one transaction.
 *
 * @param txids of the whole block, in order
 * @source PartialMerkleTree, NBitcoin/PartialMerkleTree.cs (EXOSFullNode e61c2e61); exos-l1.md 2.6
 */
export function buildPartialMerkleTree(
  txids: readonly Hash256[],
  isMarked: (txid: Hash256, index: number) => boolean,
): PartialMerkleTree {
  let nodes: Node[] = txids.map((hash, index) => ({ hash, marked: isMarked(hash, index) }));
  const rows = [nodes];
  while (nodes.length > 1) {
    nodes = rowAbove(nodes);
    rows.push(nodes);
  }

  const hashes: Hash256[] = [];
  const bits: boolean[] = [];
  const visit = (row: number, index: number): void => {
    const node = rows[row]?.[index];
    if (node === undefined) return;
    bits.push(node.marked);
    if (row === 0 || !node.marked) {
      hashes.push(node.hash);
      return;
    }
    visit(row - 1, 2 * index);
    visit(row - 1, 2 * index + 1);
  };
  visit(rows.length - 1, 0);

  const flags = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, index) => {
    if (bit) flags[index >> 3] = Number(flags[index >> 3]) | (1 << (index & 7));
  });
  return { transactionCount: txids.length, hashes, flags };
}

/**
 * The root that a partial tree leads to, and the leaves it marks.
 *
 * @returns `undefined` when it has no leaves, or runs out of hashes or bits
 * @source GetMerkleRoot, NBitcoin/PartialMerkleTree.cs (EXOSFullNode e61c2e61); ExtractMatches,
 *   bitcoin/bitcoin merkleblock.cpp
 */
export function extractPartialMerkleTree(tree: PartialMerkleTree): MerkleExtract | undefined {
  if (tree.transactionCount === 0) return undefined;
  const matches: { index: number; txid: Hash256 }[] = [];
  let bitsUsed = 0;
  let hashesUsed = 0;
  let equalSiblings = false;

  const visit = (row: number, index: number): Hash256 | undefined => {
    const flags = tree.flags[bitsUsed >> 3];
    if (flags === undefined) return undefined;
    const marked = ((flags >> (bitsUsed++ & 7)) & 1) === 1;
    if (row === 0 || !marked) {
      const hash = tree.hashes[hashesUsed++];
      if (marked && hash !== undefined) matches.push({ index, txid: hash });
      return hash;
    }
    const left = visit(row - 1, 2 * index);
    if (left === undefined) return undefined;
    if (2 * index + 1 >= width(tree.transactionCount, row - 1)) return hash256(pairOf(left, left));
    const right = visit(row - 1, 2 * index + 1);
    if (right === undefined) return undefined;
    if (equalBytes(left, right)) equalSiblings = true;
    return hash256(pairOf(left, right));
  };
  const root = visit(height(tree.transactionCount), 0);
  if (root === undefined) return undefined;
  const allUsed =
    hashesUsed === tree.hashes.length && Math.ceil(bitsUsed / 8) === tree.flags.length;
  return { root, matches, exact: allUsed && !equalSiblings };
}
