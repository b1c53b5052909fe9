import type { ChainContext } from "#shared/consensus/header-record.ts";
import { type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";

/**
 * Median time past of the header that a context ends with: the upper one of an even number.
 *
 * @source ChainedHeader.cs GetMedianTimePast (EXOSFullNode e61c2e61); exos-l1.md 3.2
 */
export function medianTime({ times }: Pick<ChainContext, "times">): UnixSeconds {
  const sorted = [...times].sort((a, b) => a - b);
  return unixSeconds(sorted[Math.floor(sorted.length / 2)] ?? 0);
}
