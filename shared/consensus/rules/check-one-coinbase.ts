import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { isCoinbase } from "#shared/primitives/transaction-shape.ts";

/**
 * The first transaction is a coinbase, and no other is.
 *
 * @source EnsureCoinbaseRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 7
 */
export function checkOneCoinbase({
  transactions,
}: Pick<Block, "transactions">): Violation | undefined {
  const [first, ...others] = transactions;
  if (first === undefined || !isCoinbase(first)) return violation("bad-cb-missing");
  const second = others.findIndex(isCoinbase);
  return second === -1 ? undefined : violation("bad-cb-multiple", { index: second + 1 });
}
