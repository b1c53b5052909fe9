import { hash256Many } from "#shared/crypto/hash256-many.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { zeroHash } from "#shared/primitives/hash.ts";

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
  let row = leaves;
  let mutated = false;
  while (row.length > 1) {
    const pairs: Uint8Array[] = [];
    for (let index = 0; index < row.length; index += 2) {
      const left = row[index] ?? zeroHash();
      const right = row[index + 1];
      if (right !== undefined && equalBytes(left, right)) mutated = true;
      const pair = new Uint8Array(64);
      pair.set(left);
      pair.set(right ?? left, 32);
      pairs.push(pair);
    }
    row = hash256Many(pairs);
  }
  return { root: (row[0]?.slice() ?? zeroHash()) as Hash256, mutated };
}
