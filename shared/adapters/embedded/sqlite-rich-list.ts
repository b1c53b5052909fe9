import { sql } from "kysely";
import { SCRIPT_BYTES_MAX } from "#shared/coins/pack-outputs.ts";
import {
  HOLDERS_MAX,
  type Holder,
  type RichestAt,
  type RichList,
} from "#shared/ports/rich-list.ts";
import { checkHoldersLimit } from "#shared/ports/top-holders.ts";
import { amount } from "#shared/primitives/brand.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import type { IndexSchema } from "./index-schema.ts";
import type { SqliteHandle } from "./sqlite-database.ts";
import { topBlock } from "./sqlite-index-reader.ts";

type Handle = SqliteHandle<IndexSchema>;

/**
 * The richest holders at the cursor. Whoever asks first after a block walks through every entry; the
 * whole list is kept then until the cursor moves.
 */
export function createSqliteRichList(handle: Handle): RichList {
  let known: RichestAt | undefined;
  return {
    async richest(limit) {
      checkHoldersLimit(limit);
      const top = await topBlock(handle);
      if (top === undefined) return undefined;
      if (known?.at.hash !== top.hash) {
        const { height, hash } = top;
        known = { at: { height, hash }, holders: await readHolders(handle) };
      }
      return { at: known.at, holders: known.holders.slice(0, limit) };
    },
  };
}

/**
 * By entries, because they are in the order of their owners: so nothing but the sums is sorted. A
 * hot key has entries for what is another's; no output names it as its owner. What cannot be spent
 * has no entry.
 */
async function readHolders({ kysely }: Handle): Promise<readonly Holder[]> {
  const rows = await kysely
    .selectFrom("entry")
    .innerJoin("block", "block.id", "entry.block")
    .innerJoin("output", (join) =>
      join.onRef("output.tx", "=", "entry.tx").onRef("output.owner", "=", "entry.owner"),
    )
    .innerJoin("owner", "owner.id", "entry.owner")
    .select(["owner.key", sql<bigint>`sum(output.value)`.as("balance")])
    .select(sql<bigint>`count(*)`.as("coins"))
    .select(sql<Uint8Array>`min(output.script)`.as("script"))
    .where("block.active", "=", 1n)
    .where(sql<boolean>`length(output.script) <= ${SCRIPT_BYTES_MAX}`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("spend")
            .innerJoin("block as spent", "spent.id", "spend.block")
            .select("spend.n")
            .whereRef("spend.tx", "=", "output.tx")
            .whereRef("spend.n", "=", "output.n")
            .where("spent.active", "=", 1n)
            .whereRef("spent.height", ">=", "entry.height"),
        ),
      ),
    )
    .groupBy("entry.owner")
    .having(sql<bigint>`sum(output.value)`, ">", 0n)
    .orderBy("balance", "desc")
    .orderBy("owner.key", "asc")
    .limit(HOLDERS_MAX)
    .execute();
  return rows.map(({ script, balance, coins }) => ({
    script: ownerScript(script).slice(),
    balance: amount(balance),
    coins: Number(coins),
  }));
}
