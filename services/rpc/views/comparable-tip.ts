import * as z from "zod";
import type { Stores } from "#services/rpc/deps.ts";
import { HASH_SCHEMA, HEIGHT_SCHEMA } from "#services/rpc/routes/schemas.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { hashAt } from "#shared/coins/view.ts";
import { type CityAnswer, RECENT_HASHES } from "#shared/fleet/judge-fleet.ts";
import { toHashHex } from "#shared/primitives/hash.ts";

export const COMPARABLE_SCHEMA = z.object({
  height: HEIGHT_SCHEMA,
  hash: HASH_SCHEMA,
  muhash: HASH_SCHEMA.meta({ description: "Of the unspent set at the tip" }),
  recent: z.array(HASH_SCHEMA).max(RECENT_HASHES).meta({ description: "Of the tip and below it" }),
});

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
