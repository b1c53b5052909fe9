import type { HeaderRecord } from "#shared/consensus/header-record.ts";

/** What a choice between two tips reads. */
export type Contender = Pick<HeaderRecord, "work">;

/**
 * Order of two chains by work alone.
 *
 * @returns negative, zero or positive: less, as much, or more than the other
 * @source ChainedHeader.cs ChainWork (EXOSFullNode e61c2e61); exos-l1.md 3.7
 */
export function compareWork(a: Contender, b: Contender): number {
  return a.work < b.work ? -1 : a.work > b.work ? 1 : 0;
}

/** Whether to leave a tip for another: for strictly more work, so that the first seen wins a tie. */
export function isBetterTip(candidate: Contender, tip: Contender): boolean {
  return compareWork(candidate, tip) > 0;
}
