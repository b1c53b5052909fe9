import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { AnnouncedBlock } from "#shared/p2p/peer-input.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import type { IngestDeps } from "./deps.ts";
import type { Library } from "./serve.ts";

/** Blocks of one announcement; of more, who lags asks for the rest. */
const ANNOUNCED_MAX = 8;

/**
 * What is new on our chain since it ended in `before`, oldest first, at most the last eight.
 *
 * @param before `undefined`: the tip alone is new
 */
export async function newBlocks(
  tip: HeaderRecord,
  before: HeaderRecord | undefined,
  deps: Pick<IngestDeps, "headers" | "network"> & { readonly library: Library },
): Promise<AnnouncedBlock[]> {
  const known = await lastOf(before, deps);
  const fresh: AnnouncedBlock[] = [];
  let at: HeaderRecord | undefined = tip;
  while (at !== undefined && !known.has(at.hash) && fresh.length < ANNOUNCED_MAX) {
    const proven =
      deps.network.consensus.stake === undefined
        ? undefined
        : await deps.library.provenHeader(at.hash);
    fresh.push({ hash: fromHashHex(at.hash), header: at.header.bytes, proven });
    if (before === undefined) break;
    at = (await deps.headers.get(toHashHex(at.header.prev)))?.record;
  }
  return fresh.reverse();
}

/** The last blocks of the chain that was announced before. */
async function lastOf(
  end: HeaderRecord | undefined,
  { headers }: Pick<IngestDeps, "headers">,
): Promise<ReadonlySet<HashHex>> {
  const hashes = new Set<HashHex>();
  let at = end;
  while (at !== undefined && hashes.size < ANNOUNCED_MAX) {
    hashes.add(at.hash);
    at = (await headers.get(toHashHex(at.header.prev)))?.record;
  }
  return hashes;
}
