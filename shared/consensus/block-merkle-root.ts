import { merkleRoot } from "#shared/crypto/merkle-root.ts";
import type { Block } from "#shared/primitives/block.ts";

/** The header's stage and the integrity stage ask for the root of the same list. */
const known = new WeakMap<object, ReturnType<typeof merkleRoot>>();

/** Root of a block's transactions, and whether a shorter list has the same. */
export function blockMerkleRoot({
  transactions,
}: Pick<Block, "transactions">): ReturnType<typeof merkleRoot> {
  const before = known.get(transactions);
  if (before !== undefined) return before;
  const result = merkleRoot(transactions.map(({ txid }) => txid));
  known.set(transactions, result);
  return result;
}
