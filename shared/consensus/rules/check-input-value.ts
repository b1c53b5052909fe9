import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";

/**
 * Neither the value of an input nor the sum up to it leaves the range of money.
 *
 * @param sum base units, this input included
 * @source CoinviewRule.cs CheckInputs (EXOSFullNode e61c2e61); exos-l1.md 4.8
 */
export function checkInputValue(
  value: bigint,
  sum: bigint,
  { maxMoney }: Pick<ConsensusParams, "maxMoney">,
): Violation | undefined {
  return value < 0n || value > maxMoney || sum > maxMoney
    ? violation("bad-txns-inputvalues-outofrange", { value: value.toString() })
    : undefined;
}
