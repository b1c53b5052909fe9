import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";

/**
 * No transaction is newer than its block.
 *
 * @source PosCoinstakeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 11
 */
export function checkTransactionTimes({
  header,
  transactions,
}: Pick<Block, "header" | "transactions">): Violation | undefined {
  const index = transactions.findIndex(({ time }) => time > header.time);
  return index === -1
    ? undefined
    : violation("block-time-before-trx", { time: header.time, index });
}
