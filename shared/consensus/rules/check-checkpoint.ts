import type { ConsensusParams } from "#shared/consensus/params.ts";
import { type Violation, violation } from "#shared/consensus/verdict.ts";
import type { Hash256, Height } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/**
 * At a checkpoint's height stands the checkpoint's block.
 *
 * @source ChainedHeaderTree.cs HandleCheckpointsHeader (EXOSFullNode e61c2e61); exos-l1.md 3.6
 */
export function checkCheckpoint(
  hash: Hash256,
  height: Height,
  { checkpoints }: Pick<ConsensusParams, "checkpoints">,
): Violation | undefined {
  const pinned = checkpoints.find((row) => row.height === height);
  return pinned === undefined || equalBytes(pinned.hash, hash)
    ? undefined
    : violation("checkpoint-violation", { height, expected: toHashHex(pinned.hash) });
}
