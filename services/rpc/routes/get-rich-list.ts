import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { AMOUNT_SCHEMA, AT_SCHEMA, amountText, HEX_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { addressText } from "#services/rpc/views/network-names.ts";
import { HOLDERS_MAX } from "#shared/ports/rich-list.ts";
import { toHex } from "#shared/primitives/hex.ts";

/** Unless a caller says otherwise. @source interfaces.md 1.5 (1) */
const HOLDERS_DEFAULT = 100;

const HOLDER = z.object({
  address: z.string().nullable().meta({ description: "null: the script has none" }),
  script: HEX_SCHEMA,
  balance: AMOUNT_SCHEMA,
  coins: z.int().min(1),
});

export const getRichList = defineRoute({
  operationId: "getRichList",
  tag: "addresses",
  summary: "Who holds most, richest first, at a block that may lie a day below the tip",
  cost: 10,
  params: {},
  query: {
    limit: z.coerce.number().int().min(1).max(HOLDERS_MAX).default(HOLDERS_DEFAULT),
  },
  answer: z.object({ holders: z.array(HOLDER), at: AT_SCHEMA }),
  problems: [],
  async run({ limit }, { chain, deps, stores }) {
    const list = await stores.richList.richest(limit);
    // A city that was filled anew with another chain has the list of the one before for a day.
    if (list === undefined || (await chain.hashAt(list.at.height)) !== list.at.hash) {
      return refused("EXOS-E1009", "Who holds most of this chain was not counted yet");
    }
    const { at } = list;
    const holders = list.holders.map(({ script, balance, coins }) => ({
      address: addressText(script, deps.network) ?? null,
      script: toHex(script),
      balance: amountText(balance),
      coins,
    }));
    const value = { holders, at: { height: at.height, hash: at.hash } };
    return { ok: true, value: { value, cache: { kind: "recent" }, at } };
  },
});
