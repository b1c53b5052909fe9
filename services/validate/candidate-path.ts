import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { ValidateDeps } from "./deps.ts";
import { isStanding } from "./is-standing.ts";

/** Headers of a branch that are held at once; a longer branch is followed in pieces. */
const PATH_BLOCKS_MAX = 2_048;

/** The way from the tip's chain to a leaf, as far as it can be gone. */
export interface CandidatePath {
  /** Oldest first. */
  readonly blocks: readonly StoredHeader[];
  /**
   * Why it ends where it ends: at the leaf, before a gap, before a bad block, before one that is bad
   * until some time, or far enough.
   */
  readonly end: "leaf" | "missing" | "bad" | "early" | "long";
  /** The block before which it ends, where that is here. */
  readonly stop?: StoredHeader;
}

/**
 * Headers from the fork towards a leaf, oldest first, as far as headers, bodies and verdicts allow,
 * and no more than can be held.
 */
export async function readCandidatePath(
  leaf: StoredHeader,
  fork: HeaderRecord,
  { headers, clock }: Pick<ValidateDeps, "headers" | "clock">,
): Promise<CandidatePath> {
  let at: StoredHeader | undefined = leaf;
  while (at !== undefined && at.record.height - fork.height > PATH_BLOCKS_MAX) {
    at = await headers.get(at.record.skip);
  }
  const long = at?.record.hash !== leaf.record.hash;
  const blocks: StoredHeader[] = [];
  while (at !== undefined && at.record.hash !== fork.hash) {
    blocks.push(at);
    const prev = toHashHex(at.record.header.prev);
    // What follows the fork at once costs no look at the fork.
    at = prev === fork.hash ? undefined : await headers.get(prev);
  }
  blocks.reverse();
  for (const [stop, stored] of blocks.entries()) {
    const end = endBefore(stored, { clock });
    if (end !== undefined) return { blocks: blocks.slice(0, stop), end, stop: stored };
  }
  return { blocks, end: long ? "long" : "leaf" };
}

/** Why nobody goes on to this block; `undefined`: nothing known speaks against it now. */
function endBefore(
  { bodySize, rejected }: StoredHeader,
  deps: Pick<ValidateDeps, "clock">,
): "missing" | "bad" | "early" | undefined {
  if (rejected !== undefined && isStanding(rejected, deps)) {
    return rejected.effect === "until" ? "early" : "bad";
  }
  return bodySize === undefined ? "missing" : undefined;
}
