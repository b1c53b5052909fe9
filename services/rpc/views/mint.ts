import type { Stores } from "#services/rpc/deps.ts";
import type { Amount, HashHex } from "#shared/primitives/brand.ts";

/**
 * Money that a block made: what its maker took beyond the fees.
 * @returns `undefined` for a block that the index does not follow
 */
export async function readMint(
  hash: HashHex,
  { index }: Pick<Stores, "index">,
): Promise<Amount | undefined> {
  const row = await index.blockRow(hash);
  // A difference of two amounts of one block is one.
  return row === undefined ? undefined : ((row.reward - row.fees) as Amount);
}
