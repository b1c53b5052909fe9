import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";

/**
 * A block has a transaction, and fits without its witnesses.
 *
 * The reference also bounds the number of transactions by the number of bytes, which no block that
 * fits can pass: one transaction takes ten of them.
 *
 * @source BlockSizeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 6
 */
export function checkBlockLength(
  { transactions, sizeStripped }: Pick<Block, "transactions" | "sizeStripped">,
  { blockSizeStrippedMax }: Pick<ConsensusParams, "blockSizeStrippedMax">,
): Violation | undefined {
  return transactions.length === 0 || sizeStripped > blockSizeStrippedMax
    ? violation("bad-blk-length", { transactions: transactions.length, sizeStripped })
    : undefined;
}
