import { type Violation, violation } from "#shared/consensus/verdict.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

const OP_RETURN = 0x6a;

/** What an input of a coinstake spends; nothing where it was not recorded. */
export type SpentOutput = Pick<Coin, "value" | "scriptPubKey"> | undefined;

/**
 * A coinstake that ran OP_CHECKCOLDSTAKEVERIFY gives everything back to the script it came from:
 * whoever may stake a coin may not spend it.
 *
 * @param spent what each input spends, in the order of the inputs
 * @source PosColdstakingRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 6
 */
export function checkColdStake(
  { inputs, outputs }: Pick<Transaction, "inputs" | "outputs">,
  spent: readonly SpentOutput[],
): Violation | undefined {
  const known = inputs.flatMap((_, index) => spent[index] ?? []);
  const [first] = known;
  if (first === undefined || known.length !== inputs.length)
    return violation("bad-coldstake-inputs");
  const { scriptPubKey: script } = first;
  if (known.some(({ scriptPubKey }) => !equalBytes(scriptPubKey, script))) {
    return violation("bad-coldstake-inputs");
  }
  const [, keyOutput, ...payments] = outputs;
  if (keyOutput?.scriptPubKey[0] !== OP_RETURN || keyOutput.value !== 0n) {
    return violation("bad-coldstake-outputs", { index: 1 });
  }
  const stray = payments.findIndex(({ scriptPubKey }) => !equalBytes(scriptPubKey, script));
  if (stray !== -1) return violation("bad-coldstake-outputs", { index: stray + 2 });

  const valueIn = known.reduce((sum, { value }) => sum + value, 0n);
  const valueOut = outputs.reduce((sum, { value }) => sum + value, 0n);
  return valueIn > valueOut ? violation("bad-coldstake-amount") : undefined;
}
