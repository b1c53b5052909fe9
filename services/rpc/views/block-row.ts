import type { Stores } from "#services/rpc/deps.ts";
import type { BlockRow, IndexPoint } from "#shared/ports/address-index.ts";

/**
 * The row of a block whose height is known. Asked for by its hash, a city would read the header again.
 * @returns `undefined` for a block that the index does not follow
 */
export async function readRow(
  { height, hash }: IndexPoint,
  { index }: Pick<Stores, "index">,
): Promise<BlockRow | undefined> {
  const row = await index.blockRow(height);
  return row?.hash === hash ? row : undefined;
}
