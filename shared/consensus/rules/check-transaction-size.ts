import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";

/**
 * A transaction fits in a block; its witness, not yet known to be its own, does not count.
 *
 * @source CheckPowTransactionRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 8
 */
export function checkTransactionSize(
  { sizeStripped }: Pick<HashedTransaction, "sizeStripped">,
  { blockSizeStrippedMax }: Pick<ConsensusParams, "blockSizeStrippedMax">,
): Violation | undefined {
  return sizeStripped > blockSizeStrippedMax
    ? violation("bad-txns-oversize", { sizeStripped })
    : undefined;
}
