import { type Refusal, refused } from "#services/rpc/problems.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";

/** A height or a hash, as `:id` of a block. */
export const BLOCK_ID = /^(0|[1-9]\d{0,9}|[0-9a-f]{64})$/;

/** The block that `:id` names: a hash on any branch, or a height of this chain. */
export async function findBlock(id: string, chain: Chain): Promise<Result<StoredHeader, Refusal>> {
  const hash = parseHashHex(id);
  const stored = hash === undefined ? await chain.headerAt(Number(id)) : await chain.header(hash);
  if (stored !== undefined) return { ok: true, value: stored };
  return refused("EXOS-E4041", `No block ${id} is known; the tip is at ${chain.tip.height}`);
}
