import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import { hashNumber } from "#shared/consensus/hash-number.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import { workHash } from "#shared/consensus/work-hash.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";

const TWO_TO_256 = 1n << 256n;

/**
 * The work hash of a header is at most its target, which is positive and of 256 bits.
 *
 * @source BlockHeader.CheckProofOfWork, CheckDifficultyHybridRule.cs (EXOSFullNode e61c2e61);
 *   exos-l1.md 4.5 rule 2
 */
export function checkWorkTarget(
  header: Pick<BlockHeader, "bits" | "bytes">,
  params: Pick<ConsensusParams, "work">,
): Violation | undefined {
  const target = decodeCompact(header.bits);
  const isTarget = target > 0n && target < TWO_TO_256;
  return isTarget && hashNumber(workHash(header, params)) <= target
    ? undefined
    : violation("high-hash", { bits: header.bits });
}
