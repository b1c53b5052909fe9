import { blockMerkleRoot } from "#shared/consensus/block-merkle-root.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/**
 * The header commits to the transactions, and not also to a shorter list of them.
 *
 * Either failure is of these bytes alone: others may fit the header.
 *
 * @source BlockMerkleRootRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.1 rule 1; CVE-2012-2459
 */
export function checkMerkleRoot(
  block: Pick<Block, "header" | "transactions">,
): Violation | undefined {
  const { root, mutated } = blockMerkleRoot(block);
  if (!equalBytes(root, block.header.merkleRoot)) {
    return violation("bad-txnmrklroot", { computed: toHashHex(root) });
  }
  return mutated ? violation("bad-txns-duplicate") : undefined;
}
