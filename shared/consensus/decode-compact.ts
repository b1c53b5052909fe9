import type { CompactBits } from "#shared/primitives/brand.ts";

/**
 * The target that a header's `bits` stand for.
 *
 * `bits` is a base-256 float: one exponent byte, then a 24-bit mantissa. The reference reads the
 * mantissa in two's complement, where Bitcoin reads a sign and a magnitude, so the two differ on
 * every `bits` with bit 23 set. Headers are compared by this value, not by `bits`: two spellings of
 * one target are both accepted.
 *
 * @returns the target; no hash meets one that is negative or zero
 * @throws RangeError when `bits` is not an unsigned 32-bit integer: a bug in the caller, not bad
 *   data
 * @source Target.cs (EXOSFullNode e61c2e61); exos-l1.md 2.8
 */
export function decodeCompact(bits: CompactBits): bigint {
  if (!Number.isInteger(bits) || bits < 0 || bits > 0xffff_ffff) {
    throw new RangeError(`bits must be a uint32, got ${bits}`);
  }
  const exponent = bits >>> 24;
  const mantissa = BigInt.asIntN(24, BigInt(bits));

  return exponent >= 3
    ? mantissa << BigInt(8 * (exponent - 3))
    : mantissa >> BigInt(8 * (3 - exponent));
}
