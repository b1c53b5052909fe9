import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { WEIGHT_INTERVALS } from "#shared/consensus/network-weight.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Headers that are looked through, where miners make most blocks. */
const HEADERS_MAX = 2_016;

/** The latest blocks of a chain that stake proves, newest first, as many as a guess at weight asks. */
export async function recentStakes(
  tip: HeaderRecord,
  headers: Pick<HeaderStore, "get">,
): Promise<HeaderRecord[]> {
  const stakes: HeaderRecord[] = [];
  let at: HeaderRecord | undefined = tip;
  for (let seen = 0; at !== undefined && seen < HEADERS_MAX; seen++) {
    if (at.proofKind === "stake") stakes.push(at);
    if (stakes.length > WEIGHT_INTERVALS) break;
    at = (await headers.get(toHashHex(at.header.prev)))?.record;
  }
  return stakes;
}
