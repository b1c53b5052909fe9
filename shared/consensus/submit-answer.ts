import type { ConsensusCode } from "#shared/consensus/verdict.ts";

/**
 * What whoever hands in a block is told; `null`: the block is the tip, or was.
 *
 * @source BIP22; interfaces.md 2 `submitblock`
 */
export type SubmitAnswer =
  | null
  | "duplicate"
  | "duplicate-invalid"
  /** It stands on a side branch. */
  | "inconclusive"
  | "prev-blk-not-found"
  | ConsensusCode;
