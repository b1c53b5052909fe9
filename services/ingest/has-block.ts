import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { StoredHeader } from "#shared/ports/header-store.ts";
import type { IngestDeps } from "./deps.ts";

/**
 * Whether the body of a known header is here. A kill may leave a header that notes its size without
 * the body itself; what is on our chain was flushed with it.
 */
export async function hasBlock(
  stored: StoredHeader | undefined,
  { blocks, coins }: Pick<IngestDeps, "blocks" | "coins">,
): Promise<boolean> {
  if (stored?.bodySize === undefined) return false;
  const { hash, height } = stored.record;
  const tip = await coins.tip();
  if (tip !== undefined && (await activeHashAt(height, tip, coins)) === hash) return true;
  return (await blocks.get(hash)) !== undefined;
}
