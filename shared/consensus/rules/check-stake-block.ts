import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { isCoinstake } from "#shared/primitives/transaction-shape.ts";

/**
 * A block proven by stake has a coinbase of one empty output and one coinstake.
 *
 * A block proven by work is not asked: a transaction of that shape may stand third or later in it,
 * and is then exempt from value checks. That hole is the reference's, seen to mint coins from
 * nothing, and is kept: no height of a public chain where work is legal is still to come.
 *
 * @source PosCoinstakeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 11
 */
export function checkStakeBlock({
  transactions,
}: Pick<Block, "transactions">): Violation | undefined {
  const [coinbase, , ...others] = transactions;
  const [output, second] = coinbase?.outputs ?? [];
  const isEmpty = output?.value === 0n && output.scriptPubKey.length === 0;
  if (!isEmpty || second !== undefined) return violation("bad-stake-block");
  const index = others.findIndex(isCoinstake);
  return index === -1 ? undefined : violation("bad-cs-multiple", { index: index + 2 });
}
