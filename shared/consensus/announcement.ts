import { extractPartialMerkleTree } from "#shared/codec/partial-merkle-tree.ts";
import type { ProvenHeader } from "#shared/codec/proven-header.ts";
import { lengthSize } from "#shared/codec/writer.ts";
import { blockMerkleRoot, mayBeInnerNodes } from "#shared/consensus/block-merkle-root.ts";
import type { Block, BlockHeader } from "#shared/primitives/block.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";

/** The proof that comes with a header, from wherever it comes. */
export interface HeaderProof {
  readonly coinstake: HashedTransaction | undefined;
  readonly signature: Uint8Array;
  readonly sizes: ProvenHeader["sizes"];
  /** The root that the Merkle proof leads to, if it leads anywhere. */
  root(): Hash256 | undefined;
  /**
   * Whether the header's own Merkle root covers what is shown, so that a fault in it is a fault of
   * the hash. Else whoever announces it may have put it there.
   */
  isCommitted(): boolean;
}

/** A header as it is announced; one of a block without transactions proves nothing. */
export interface Announcement {
  readonly header: BlockHeader;
  readonly hash: Hash256;
  readonly proof: HeaderProof | undefined;
}

/** A proven header as it was received. */
export function announcementOf(proven: ProvenHeader): Announcement {
  const { header, hash, coinstake, signature, sizes, merkleProof } = proven;
  const extract = () => extractPartialMerkleTree(merkleProof);
  return {
    header,
    hash,
    proof: {
      coinstake,
      signature,
      sizes,
      root: () => extract()?.root,
      isCommitted: () => {
        const shown = extract();
        const [leaf] = shown?.matches ?? [];
        if (shown?.exact !== true || leaf?.index !== 1) return false;
        return equalBytes(leaf.txid, coinstake.txid) && equalBytes(shown.root, header.merkleRoot);
      },
    },
  };
}

/**
 * The announcement that an honest node makes of a block. No tree is built for it: its root is the
 * block's, and its size follows from the number of transactions.
 */
export function announcementOfBlock(block: Block): Announcement {
  const { header, hash, signature, transactions } = block;
  const [first, second] = transactions;
  const coinstake = second !== undefined && isCoinstake(second) ? second : first;
  if (coinstake === undefined) return { header, hash, proof: undefined };
  return {
    header,
    hash,
    proof: {
      coinstake,
      signature,
      sizes: {
        merkleProof: merkleProofSize(transactions.length),
        signature: lengthSize(signature.length) + signature.length,
        coinstake: coinstake.sizeTotal,
      },
      root: () => blockMerkleRoot(block).root,
      isCommitted: () => {
        const { root, mutated } = blockMerkleRoot(block);
        return !mutated && !mayBeInnerNodes(block) && equalBytes(root, header.merkleRoot);
      },
    },
  };
}

/** Bytes of a partial tree that shows one of the first two of so many leaves. */
function merkleProofSize(transactions: number): number {
  const rows = Math.ceil(Math.log2(transactions));
  const hashes = rows + 1;
  return 4 + lengthSize(hashes) + 32 * hashes + 1 + Math.ceil((2 * rows + 1) / 8);
}
