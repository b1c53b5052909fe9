import type { Height, UnixSeconds } from "#shared/primitives/brand.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";

/** Lock times below are heights. */
const TIMES_FROM = 500_000_000;
const SEQUENCE_FINAL = 0xffff_ffff;

/**
 * Whether a transaction may stand in a block of this height, which is not 0. No lock, 0, is a height
 * that has passed.
 *
 * @param cutoff time that a lock by time must lie below
 * @source Transaction.cs IsFinal (EXOSFullNode e61c2e61); exos-l1.md 4.4 rule 3
 */
export function isFinal(
  { lockTime, inputs }: Pick<Transaction, "lockTime" | "inputs">,
  height: Height,
  cutoff: UnixSeconds,
): boolean {
  if (lockTime < (lockTime < TIMES_FROM ? height : cutoff)) return true;
  return inputs.every(({ sequence }) => sequence === SEQUENCE_FINAL);
}
