import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";

/**
 * A fee is an amount of money, in base units. Rules before this one leave nothing else; the
 * reference asks all the same.
 *
 * @source CoinviewRule.cs CheckInputs (EXOSFullNode e61c2e61); exos-l1.md 4.8
 */
export function checkFee(
  fee: bigint,
  { maxMoney }: Pick<ConsensusParams, "maxMoney">,
): Violation | undefined {
  if (fee < 0n) return violation("bad-txns-fee-negative", { fee: fee.toString() });
  if (fee > maxMoney) return violation("bad-txns-fee-outofrange", { fee: fee.toString() });
  return undefined;
}
