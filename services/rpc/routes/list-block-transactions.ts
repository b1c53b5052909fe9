import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { PAGE_QUERY, pageSchema } from "#services/rpc/routes/schemas.ts";
import { V1_TRANSACTION, v1Transaction } from "#services/rpc/shapes/v1-transaction.ts";
import { readBody } from "#services/rpc/views/block-view.ts";
import { BLOCK_ID, findBlock } from "#services/rpc/views/find-block.ts";
import { openCursor, printCursor } from "#services/rpc/views/page-cursor.ts";
import { readSpent } from "#services/rpc/views/spent-outputs.ts";
import { placementOf } from "#services/rpc/views/transaction-view.ts";

export const listBlockTransactions = defineRoute({
  operationId: "listBlockTransactions",
  tag: "chain",
  summary: "The transactions of one block, in their order",
  cost: 2,
  params: { id: z.string().regex(BLOCK_ID).meta({ description: "Hash or height", example: "0" }) },
  query: PAGE_QUERY,
  answer: pageSchema(V1_TRANSACTION),
  problems: ["EXOS-E4005", "EXOS-E4041", "EXOS-E4090", "EXOS-E1016"],
  async run({ id, cursor, limit }, { chain, deps, stores }) {
    const { network } = deps;
    const found = await findBlock(id, chain);
    if (!found.ok) return found;
    const { record } = found.value;
    const body = await readBody(found.value, { stores, wire: network.consensus.wire });
    if (body === undefined) return refused("EXOS-E4041", `Only the header of block ${id} is known`);

    const tip = { height: chain.tip.height, hash: chain.tip.hash };
    const fresh = { cursor: { at: tip, next: 0 }, path: `/v1/blocks/${id}/txs` };
    const opened = await openCursor(cursor, fresh, chain);
    if (!opened.ok) return opened;
    const { at, next } = opened.value;

    const shown = body.block.transactions.slice(next, next + limit);
    const spent = await readSpent(shown, stores);
    const items = await Promise.all(
      shown.map(async (tx, place) => {
        const placement = await placementOf(record, next + place, chain);
        const spenders = await stores.index.spenders(tx.txid);
        return v1Transaction({ tx, placement, spent: spent?.[place] }, spenders, network);
      }),
    );
    const end = next + shown.length;
    const more = end < body.block.transactions.length ? printCursor({ at, next: end }) : null;
    const value = { items, next: more, at };
    return { ok: true, value: { value, cache: { kind: "recent" } } };
  },
});
