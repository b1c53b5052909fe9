import type { CompactBits } from "#shared/primitives/brand.ts";

/**
 * How many times harder a target is than Bitcoin's easiest one. A ratio for people, hence a float:
 * nothing is ever judged by it.
 * @source GetDifficulty, bitcoin/bitcoin rpc/blockchain.cpp; exos-l1.md 8.4
 */
export function difficultyOf(bits: CompactBits): number {
  const exponent = bits >>> 24;
  const mantissa = bits & 0x00ff_ffff;
  return mantissa === 0 ? 0 : (0xffff / mantissa) * 256 ** (29 - exponent);
}
