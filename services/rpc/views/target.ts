import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import type { CompactBits } from "#shared/primitives/brand.ts";

/** The target of a header, never negative: what 256 bits can show of it. */
export function targetOf(bits: CompactBits): bigint {
  const target = decodeCompact(bits);
  return target < 0n ? 0n : BigInt.asUintN(256, target);
}
