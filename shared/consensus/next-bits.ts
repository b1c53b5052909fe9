import { encodeCompact } from "#shared/consensus/encode-compact.ts";
import type { HeaderRecord, ProofKind } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { retarget } from "#shared/consensus/retarget.ts";
import type { CompactBits } from "#shared/primitives/brand.ts";

/** The part of a network that says what `bits` come next. */
export type DifficultyParams = Pick<ConsensusParams, "work" | "stake" | "spacingSeconds">;

/**
 * The `bits` that a child of `parent` must carry, each kind of proof on its own ladder.
 *
 * The first two blocks of a kind take its limit, so that genesis never supplies `bits`. A network
 * without retargeting repeats the last ones of the kind.
 *
 * @source StakeValidator.cs GetNextTargetRequired (EXOSFullNode e61c2e61); exos-l1.md 3.4
 */
export function nextBits(
  parent: Pick<HeaderRecord, "context">,
  kind: ProofKind,
  { work, stake, spacingSeconds }: DifficultyParams,
): CompactBits {
  const proof = kind === "stake" && stake !== undefined ? stake : work;
  const [last, previous] = parent.context.last[kind];
  if (last === undefined || previous === undefined) return encodeCompact(proof.limit);
  if (!proof.retarget) return last.bits;
  return retarget({ last, previousTime: previous.time, spacingSeconds, limit: proof.limit });
}
