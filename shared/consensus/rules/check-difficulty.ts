import { decodeCompact } from "#shared/consensus/decode-compact.ts";
import type { HeaderRecord, ProofKind } from "#shared/consensus/header-record.ts";
import { type DifficultyParams, nextBits } from "#shared/consensus/next-bits.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { BlockHeader } from "#shared/primitives/block.ts";

/**
 * A header carries the target that its parent's chain asks of its kind of proof. Targets are
 * compared, not `bits`: two spellings of one are the same.
 *
 * @source CheckDifficultyHybridRule.cs (EXOSFullNode e61c2e61); exos-l1.md 4.5 rule 2
 */
export function checkDifficulty(
  { bits }: Pick<BlockHeader, "bits">,
  kind: ProofKind,
  parent: Pick<HeaderRecord, "context">,
  params: DifficultyParams,
): Violation | undefined {
  const expected = nextBits(parent, kind, params);
  return decodeCompact(bits) === decodeCompact(expected)
    ? undefined
    : violation("bad-diffbits", { bits, expected });
}
