import { sha256Engine } from "#shared/crypto/sha256-engine.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";

const HASH_BYTES = 32;

/**
 * Root of the Merkle tree over transaction hashes; an odd row repeats its last. No leaf: zero.
 *
 * `mutated` when two neighbours that both exist are equal in any row: such a block has the root of a
 * shorter one, so a bad body must not condemn the hash. The reference looks at the pairs it combines
 * before its final sweep; a pair of the sweep is equal only if one of those below it was.
 *
 * @source ComputeMerkleRoot, bitcoin/bitcoin consensus/merkle.cpp; CVE-2012-2459; exos-l1.md 2.5
 */
export function merkleRoot(leaves: readonly Hash256[]): { root: Hash256; mutated: boolean } {
  if (leaves.length === 0) return { root: zeroHash(), mutated: false };
  const { engine, input } = sha256Engine((leaves.length + 1) * HASH_BYTES);
  for (const [index, leaf] of leaves.entries()) input.set(leaf, index * HASH_BYTES);
  const mutated = engine.merkle(leaves.length) !== 0;
  return { root: input.slice(0, HASH_BYTES) as Hash256, mutated };
}
