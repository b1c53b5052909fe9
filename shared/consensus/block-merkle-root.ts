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

/** Two hashes side by side: what the tree hashes above its leaves. */
const INNER_NODE_BYTES = 64;

/**
 * Whether a list of transactions may be a row of the tree that was taken for one: others, further
 * down, then have the same root. A fault in such a list says nothing of the hash.
 *
 * @source CVE-2017-12842; IsBlockMutated, bitcoin/bitcoin validation.cpp
 */
export function mayBeInnerNodes({ transactions }: Pick<Block, "transactions">): boolean {
  return transactions.some(({ sizeStripped }) => sizeStripped === INNER_NODE_BYTES);
}
