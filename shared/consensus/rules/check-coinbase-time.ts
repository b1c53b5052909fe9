import { futureDrift } from "#shared/consensus/future-drift.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/**
 * A block is at most one drift newer than its coinbase. Unlike a header too new for the clock, this
 * block stays bad.
 *
 * @source PosTimeMaskRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 2b
 */
export function checkCoinbaseTime(
  header: Pick<BlockHeader, "time">,
  coinbase: Pick<Transaction, "time">,
  driftSwitch: UnixSeconds,
): Violation | undefined {
  if (header.time <= coinbase.time + futureDrift(coinbase.time, driftSwitch)) return undefined;
  const detail = { time: header.time, coinbaseTime: coinbase.time };
  return { ...violation("time-too-new", detail), effect: "invalid" };
}
