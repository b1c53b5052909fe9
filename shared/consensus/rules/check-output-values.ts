import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/**
 * Output amounts are non-negative, and neither one of them nor their running sum passes `maxMoney`.
 *
 * Runs after the empty-inputs, empty-outputs and size rules: the first rule to fail names the code.
 * Where `maxMoney` is 2^63 - 1 the reference's 64-bit sum overflows at exactly the output that
 * breaks the limit, and its worker dies. A bigint cannot overflow; we report the code that check
 * stands for.
 *
 * @source CheckPowTransactionRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 8; CVE-2010-5139
 */
export function checkOutputValues(
  { outputs }: Pick<Transaction, "outputs">,
  { maxMoney }: Pick<ConsensusParams, "maxMoney">,
): Violation | undefined {
  let total = 0n;
  for (const [index, { value }] of outputs.entries()) {
    if (value < 0n) return violation("bad-txns-vout-negative", { index });
    if (value > maxMoney) return violation("bad-txns-vout-toolarge", { index });

    total += value;
    if (total > maxMoney) return violation("bad-txns-txouttotal-toolarge", { index });
  }
  return undefined;
}
