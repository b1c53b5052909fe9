import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";

/** Intervals that are looked at. @source exos-l1.md 8.5 */
export const WEIGHT_INTERVALS = 72;
const TWO_TO_256 = 1n << 256n;

/**
 * Base units that stake on the network, as its latest blocks let guess: tries that they stand for,
 * over the time that they took. A guess for people, hence a float.
 *
 * @param stakes headers of proof-of-stake blocks, newest first; the first 73 count
 * @param slotSeconds between two tries of one coin
 * @returns 0 for fewer than two blocks
 * @source GetNetworkWeight, PosMinting.cs (EXOSFullNode e61c2e61); exos-l1.md 8.5
 */
export function networkWeight(
  stakes: readonly Pick<BlockHeader, "bits" | "time">[],
  slotSeconds: number,
): number {
  const counted = stakes.slice(0, WEIGHT_INTERVALS + 1);
  const [newest, oldest] = [counted.at(0), counted.at(-1)];
  if (newest === undefined || oldest === undefined || newest.time <= oldest.time) return 0;
  const tries = counted.slice(0, -1).reduce((sum, { bits }) => sum + triesOf(bits), 0);
  return (tries / (newest.time - oldest.time)) * slotSeconds;
}

/** Tries of one base unit that a block of this target takes on average. */
function triesOf(bits: BlockHeader["bits"]): number {
  const target = decodeCompact(bits);
  return target <= 0n ? 0 : Number(TWO_TO_256 / target);
}
