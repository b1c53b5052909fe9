import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { AMOUNT_SCHEMA, AT_SCHEMA, amountText } from "#services/rpc/routes/schemas.ts";
import { readRow } from "#services/rpc/views/block-row.ts";
import { indexPoint } from "#services/rpc/views/index-point.ts";

export const getSupply = defineRoute({
  operationId: "getSupply",
  tag: "chain",
  summary: "How much there is: minted = supply + unspendable",
  cost: 1,
  params: {},
  query: {},
  answer: z.object({
    supply: AMOUNT_SCHEMA.meta({ description: "Sum of all unspent outputs" }),
    unspendable: AMOUNT_SCHEMA.meta({ description: "Sent to OP_RETURN, gone for ever" }),
    minted: AMOUNT_SCHEMA,
    coins: z.int().min(0),
    transactions: z.int().min(1),
    at: AT_SCHEMA,
  }),
  problems: [],
  async run(_, { chain, stores }) {
    const at = await indexPoint(chain, stores);
    const row = await readRow(at, stores);
    if (row === undefined) return refused("EXOS-E1009", `The index has no row of ${at.hash}`);
    const value = {
      supply: amountText(row.supply),
      unspendable: amountText(row.unspendableSum),
      minted: amountText(row.supply + row.unspendableSum),
      coins: row.coinsSum,
      transactions: row.transactionsSum,
      at: { height: at.height, hash: at.hash },
    };
    return { ok: true, value: { value, cache: { kind: "recent" }, at } };
  },
});
