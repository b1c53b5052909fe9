import type { Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex, Height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** Most branches that are listed. */
const TIPS_MAX = 256;

/** Bodies that are missing make a branch `headers-only`; judged but not ours is `valid-fork`. */
export type ChainTipStatus = "active" | "valid-fork" | "valid-headers" | "headers-only" | "invalid";

/** The end of one known branch. */
export interface ChainTip {
  readonly height: Height;
  readonly hash: HashHex;
  /** Blocks from the best chain to this end; 0 for the tip itself. */
  readonly branchLength: number;
  readonly status: ChainTipStatus;
}

/** The tip of this answer first, then the others, heaviest first. */
export async function viewChainTips(
  chain: Chain,
  stores: Pick<Stores, "headers">,
): Promise<ChainTip[]> {
  const { tip } = chain;
  const active: ChainTip = {
    height: tip.height,
    hash: tip.hash,
    branchLength: 0,
    status: "active",
  };
  const tips = [active];
  for (const hash of await stores.headers.leaves(TIPS_MAX)) {
    if (hash === tip.hash) continue;
    const branch = await walkToChain(hash, chain);
    if (branch !== undefined) tips.push(branch);
  }
  return tips;
}

/**
 * A branch is as good as its worst block.
 * @returns `undefined` when its header went away, or the chain goes through it
 */
async function walkToChain(leaf: HashHex, chain: Chain): Promise<ChainTip | undefined> {
  const end = await chain.header(leaf);
  if (end === undefined) return undefined;
  let status: ChainTipStatus = "valid-fork";
  let branchLength = 0;
  let stored: StoredHeader | undefined = end;
  while (stored !== undefined && !(await chain.isActive(stored.record))) {
    status = worse(status, statusOf(stored));
    branchLength++;
    stored = await chain.header(toHashHex(stored.record.header.prev));
  }
  return branchLength === 0
    ? undefined
    : { height: end.record.height, hash: leaf, branchLength, status };
}

function statusOf(stored: StoredHeader): ChainTipStatus {
  if (stored.rejected !== undefined) return "invalid";
  if (stored.bodySize === undefined) return "headers-only";
  return stored.applied.length > 0 ? "valid-fork" : "valid-headers";
}

const ORDER: readonly ChainTipStatus[] = ["valid-fork", "valid-headers", "headers-only", "invalid"];

function worse(a: ChainTipStatus, b: ChainTipStatus): ChainTipStatus {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}
