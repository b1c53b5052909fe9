import { type Violation, violation } from "#shared/consensus/verdict.ts";

/**
 * An ordinary transaction spends no less than it pays, in base units.
 *
 * @source CoinviewRule.cs CheckInputs (EXOSFullNode e61c2e61); exos-l1.md 4.8
 */
export function checkPaysForOutputs(valueIn: bigint, valueOut: bigint): Violation | undefined {
  return valueIn < valueOut
    ? violation("bad-txns-in-belowout", {
        valueIn: valueIn.toString(),
        valueOut: valueOut.toString(),
      })
    : undefined;
}
