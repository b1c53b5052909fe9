import type { Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import type { IndexPoint } from "#shared/ports/address-index.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/**
 * The block that an answer from the index speaks of: the lower of chain tip and index tip.
 * @throws StoreFault while the index has not followed any block
 */
export async function indexPoint(
  chain: Chain,
  { index }: Pick<Stores, "index">,
): Promise<IndexPoint> {
  const at = await index.cursor();
  if (at === undefined) {
    throw new StoreFault("the index has not begun", { retryable: true, code: "EXOS-E1009" });
  }
  return at.height <= chain.tip.height ? at : { height: chain.tip.height, hash: chain.tip.hash };
}
