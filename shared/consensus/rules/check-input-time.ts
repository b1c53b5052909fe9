import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/**
 * A transaction is no older than what it spends.
 *
 * @source PosCoinviewRule.cs CheckInputValidity (EXOSFullNode e61c2e61); exos-l1.md 4.8
 */
export function checkInputTime(
  coin: Pick<Coin, "time">,
  { time }: Pick<Transaction, "time">,
): Violation | undefined {
  return coin.time > time
    ? violation("bad-txns-early-timestamp", { time, coinTime: coin.time })
    : undefined;
}
