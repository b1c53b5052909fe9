import type { HeaderProof } from "#shared/consensus/announcement.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";

/**
 * The Merkle proof of an announced coinstake leads to the header's root.
 *
 * The reference does not ask whether the coinstake is the leaf that is proven, and was seen to take
 * an honest block after an announcement with another; we answer alike, but do not blame the hash.
 *
 * @source ProvenHeaderCoinstakeRule.cs CheckCoinstakeMerkleProof (EXOSFullNode e61c2e61); exos-l1.md
 *   3.5 step 8
 */
export function checkProofRoot(
  proof: Pick<HeaderProof, "root">,
  { merkleRoot }: Pick<BlockHeader, "merkleRoot">,
): Violation | undefined {
  const root = proof.root();
  return root !== undefined && equalBytes(root, merkleRoot)
    ? undefined
    : violation("bad-txnmrklroot");
}
