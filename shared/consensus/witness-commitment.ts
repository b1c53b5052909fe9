import { hash256 } from "#shared/crypto/hashes.ts";
import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/** OP_RETURN, a push of 36 bytes, and the four that mark a commitment. */
export const COMMITMENT_MARK = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);

/**
 * What a coinbase commits to: every witness of its block but its own.
 *
 * @param transactions the coinbase first
 * @param nonce the one item of the coinbase's witness, 32 bytes
 * @source BIP141
 */
export function witnessCommitment(
  transactions: readonly Pick<HashedTransaction, "wtxid">[],
  nonce: Uint8Array,
): Hash256 {
  const leaves = transactions.map(({ wtxid }, index) => (index === 0 ? zeroHash() : wtxid));
  const preimage = new Uint8Array(64);
  preimage.set(merkleRoot(leaves).root);
  preimage.set(nonce, 32);
  return hash256(preimage);
}
