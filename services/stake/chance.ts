import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import type { CompactBits } from "#shared/primitives/brand.ts";
import type { Coin } from "#shared/primitives/coin.ts";

const TWO_TO_256 = 2 ** 256;

/**
 * The chance that one of these coins proves a block of this target in one slot. For people, hence a
 * float: nothing is ever judged by it.
 *
 * @returns 0 to 1 @source exos-l1.md 4.6 step 5, 8.4
 */
export function chancePerSlot(coins: readonly Pick<Coin, "value">[], bits: CompactBits): number {
  const target = Number(decodeCompact(bits));
  let none = 1;
  for (const { value } of coins) none *= 1 - Math.min(1, (target * Number(value)) / TWO_TO_256);
  return 1 - none;
}
