import { type Violation, violation } from "#shared/consensus/verdict.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/**
 * A transaction spends no output twice.
 *
 * @source CheckPowTransactionRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 8; CVE-2018-17144
 */
export function checkInputsDistinct({
  inputs,
}: Pick<Transaction, "inputs">): Violation | undefined {
  if (inputs.length === 1) return undefined;
  const seen = new Set<string>();
  for (const [index, { prevout }] of inputs.entries()) {
    const key = outpointKey(prevout);
    if (seen.has(key)) return violation("bad-txns-inputs-duplicate", { index });
    seen.add(key);
  }
  return undefined;
}
