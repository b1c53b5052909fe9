import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";

/** A version that votes for nothing. */
const VOTING = 0x2000_0000;

/**
 * The version of a block of ours after `parent`: it votes for all that is started or locked in.
 *
 * @source exos-l1.md 3.8
 */
export function blockVersion(
  { context }: Pick<HeaderRecord, "context">,
  { deployments }: Pick<ConsensusParams, "deployments">,
): number {
  let version = VOTING;
  for (const [index, { bit }] of deployments.entries()) {
    const state = context.deployments[index]?.state;
    if (state === "started" || state === "lockedIn") version |= 1 << bit;
  }
  return version;
}
