import type { Stores } from "#services/rpc/deps.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { hashAt } from "#shared/coins/view.ts";
import { type CityAnswer, RECENT_HASHES } from "#shared/fleet/judge-fleet.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

/** What of a chain is compared between cities. All of it stands in the tip: no further read. */
export async function viewComparable(
  { committed }: Pick<Chain, "committed">,
  { coins }: Pick<Stores, "coins">,
): Promise<NonNullable<CityAnswer["tip"]>> {
  const { height, hash } = committed;
  const recent = Array.from({ length: RECENT_HASHES }, (_, back) =>
    hashAt(committed, height - back),
  );
  const { muhash } = await coins.totals(committed);
  return {
    height,
    hash,
    muhash: toHashHex(muhash),
    recent: recent.filter((known) => known !== undefined),
  };
}
