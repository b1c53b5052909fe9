import { heightPush } from "#shared/consensus/height-push.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Height } from "#shared/primitives/brand.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/**
 * The script of the first transaction begins with the block's height.
 *
 * Whether that transaction is a coinbase is asked later, and the reference throws when it has no
 * input: no script begins with no height.
 *
 * @source CoinbaseHeightRule.cs (EXOSFullNode e61c2e61); BIP34; exos-l1.md 4.4 rule 4
 */
export function checkCoinbaseHeight(
  first: Pick<Transaction, "inputs"> | undefined,
  height: Height,
): Violation | undefined {
  const script = first?.inputs[0]?.scriptSig;
  const expected = heightPush(height);
  return script !== undefined && expected.every((byte, at) => script[at] === byte)
    ? undefined
    : violation("bad-cb-height", { height });
}
