import { type CompactBits, compactBits } from "#shared/primitives/brand.ts";

/**
 * The `bits` of a target: three significant bytes of it, the rest cut off.
 *
 * The reference takes the minimal two's-complement bytes, so a zero byte leads where the top bit is
 * set. Of fewer than three bytes it leaves the value in the low end of the mantissa, where Bitcoin
 * shifts it up: a target below 2^16 does not survive the round trip. No chain has one.
 *
 * @param target not negative: what a retarget makes never is
 * @source Target.cs (EXOSFullNode e61c2e61); exos-l1.md 2.8
 */
export function encodeCompact(target: bigint): CompactBits {
  if (target < 0n) throw new RangeError(`a target is not negative, got ${target}`);
  const digits = target.toString(16);
  const size = target === 0n ? 0 : Math.floor(digits.length / 2) + (topBitFree(digits) ? 0 : 1);
  const mantissa = size > 3 ? target >> BigInt(8 * (size - 3)) : target;
  return compactBits(size * 0x100_0000 + Number(mantissa));
}

/** Whether the hex digits, in whole bytes, are short by no sign byte and no half byte. */
function topBitFree(digits: string): boolean {
  return digits.length % 2 === 0 && Number.parseInt(digits.slice(0, 1), 16) < 8;
}
