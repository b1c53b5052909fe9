import type { Tip } from "#shared/coins/tip.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { findFork, knownHeader } from "../tip-view.ts";
import type { MempoolDeps } from "./deps.ts";

/** What lies between two tips, each list in the order of its blocks' heights. */
export interface Path {
  readonly disconnected: readonly HashHex[];
  readonly connected: readonly HashHex[];
}

/** Blocks on the way that are still looked at one by one. */
const BLOCKS_MAX = 1_000;

/**
 * The way from a block that was the tip to the tip of now.
 *
 * @returns `undefined` when it is too long, or its beginning below the last final block
 */
export async function readPath(
  from: HeaderRecord,
  tip: Tip,
  deps: Pick<MempoolDeps, "headers" | "coins">,
): Promise<Path | undefined> {
  const fork = await findFork(from, tip, deps);
  if (fork === undefined) return undefined;
  if (from.height + tip.height - 2 * fork.height > BLOCKS_MAX) return undefined;
  const disconnected: HashHex[] = [];
  for (let at = from; at.hash !== fork.hash; ) {
    disconnected.unshift(at.hash);
    at = await knownHeader(toHashHex(at.header.prev), deps);
  }
  const connected: HashHex[] = [];
  for (let height = fork.height + 1; height <= tip.height; height++) {
    const hash = await activeHashAt(height, tip, deps.coins);
    if (hash !== undefined) connected.push(hash);
  }
  return { disconnected, connected };
}
