import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { HASH_SCHEMA } from "#services/rpc/routes/schemas.ts";
import { V1_TRANSACTION, v1Transaction } from "#services/rpc/shapes/v1-transaction.ts";
import { indexPoint } from "#services/rpc/views/index-point.ts";
import { locateTransaction } from "#services/rpc/views/locate-transaction.ts";
import { readSpent } from "#services/rpc/views/spent-outputs.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

export const getTransaction = defineRoute({
  operationId: "getTransaction",
  tag: "transactions",
  summary: "One transaction: what it spends, what it makes, who spends that",
  cost: 1,
  params: { txid: HASH_SCHEMA },
  query: {},
  answer: V1_TRANSACTION,
  problems: ["EXOS-E4041", "EXOS-E1016"],
  async run({ txid }, { chain, deps, stores }) {
    const { network } = deps;
    const source = { stores, wire: network.consensus.wire };
    // The pattern of the parameter is that of a printed hash.
    const found = await locateTransaction(txid as HashHex, chain, source);
    const pooled = found === undefined ? await stores.mempool.get(txid as HashHex) : undefined;
    const tx = found?.tx ?? pooled?.tx;
    if (tx === undefined) return refused("EXOS-E4041", `No transaction ${txid} is known`);
    // What spends from the pool has its values from there: the index knows blocks alone.
    const spent = await readSpent([tx], stores);
    const placement = found?.placement;
    const spenders = await stores.index.spenders(tx.txid);
    const value = v1Transaction({ tx, placement, spent: spent?.[0] }, spenders, network);
    const at = await indexPoint(chain, stores);
    return { ok: true, value: { value, cache: { kind: "recent" }, at } };
  },
});
