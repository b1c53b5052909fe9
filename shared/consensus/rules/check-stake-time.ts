import type { StakeParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/**
 * A coinstake has its block's time, and that is a whole number of the network's slots.
 *
 * @source PosTimeMaskRule.cs, ProvenHeaderCoinstakeRule.cs (EXOSFullNode e61c2e61); exos-l1.md 3.5
 *   step 3, 4.4 rule 2c
 */
export function checkStakeTime(
  coinstake: Pick<Transaction, "time">,
  header: Pick<BlockHeader, "time">,
  { timeMask }: Pick<StakeParams, "timeMask">,
): Violation | undefined {
  return coinstake.time !== header.time || (coinstake.time & timeMask) !== 0
    ? violation("stake-time-violation", { time: header.time, coinstakeTime: coinstake.time })
    : undefined;
}
