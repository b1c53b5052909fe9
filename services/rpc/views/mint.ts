import type { Stores } from "#services/rpc/deps.ts";
import { readRow } from "#services/rpc/views/block-row.ts";
import type { IndexPoint } from "#shared/ports/address-index.ts";
import type { Amount } from "#shared/primitives/brand.ts";

/**
 * Money that a block made: what its maker took beyond the fees.
 * @returns `undefined` for a block that the index does not follow
 */
export async function readMint(
  block: IndexPoint,
  stores: Pick<Stores, "index">,
): Promise<Amount | undefined> {
  const row = await readRow(block, stores);
  // A difference of two amounts of one block is one.
  return row === undefined ? undefined : ((row.reward - row.fees) as Amount);
}
