import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import type { CompactBits } from "#shared/primitives/brand.ts";

const TWO_TO_256 = 1n << 256n;

/**
 * How much one header adds to the work of its chain: the hashes expected for its target, the same
 * formula for both kinds of proof.
 *
 * @returns 0 for a target that is negative, zero, or beyond 256 bits
 * @source ChainedHeader.cs GetBlockProof (EXOSFullNode e61c2e61); exos-l1.md 3.7
 */
export function blockWork(bits: CompactBits): bigint {
  const target = decodeCompact(bits);
  return target <= 0n || target >= TWO_TO_256 ? 0n : TWO_TO_256 / (target + 1n);
}
