import { FROZEN_GROUP, hashAt, type View } from "#shared/coins/view.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/**
 * Hash of the block at a height of a committed tip's chain, or of a branch that grows on it, from
 * the window or the frozen index.
 *
 * @param view as it was read; a later tip may have been committed meanwhile
 * @returns `undefined` above its end
 * @throws StoreFault when a group below the window is not there: a broken store
 */
export async function activeHashAt(
  height: number,
  view: View,
  coins: Pick<CoinStore, "frozen">,
): Promise<HashHex | undefined> {
  if (height > view.height) return undefined;
  if (height >= view.base) return hashAt(view, height);
  const group = await coins.frozen(Math.floor(height / FROZEN_GROUP));
  const hash = group?.[height % FROZEN_GROUP];
  if (hash !== undefined) return hash;
  throw new StoreFault(`The coins have no hash of height ${height}. Run \`exos repair\`.`, {
    retryable: false,
    code: "EXOS-E1004",
  });
}
