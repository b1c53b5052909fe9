import type { Checkpoint } from "#shared/consensus/params.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";

/** Height, hash and stake modifier, hashes as people print them. */
export type CheckpointRow = readonly [number, string, string];

/** Checkpoints from a table in printed order. */
export function checkpointsOf(rows: readonly CheckpointRow[]): readonly Checkpoint[] {
  return rows.map(([at, hash, stakeModifier]) => ({
    height: height(at),
    // The tables hold 64 hex digits; a test compares every row with the reference's.
    hash: fromHashHex(hash as HashHex),
    stakeModifier: fromHashHex(stakeModifier as HashHex),
  }));
}
