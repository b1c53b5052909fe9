import * as z from "zod";
import { refused } from "#services/rpc/problems.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { HASH_SCHEMA } from "#services/rpc/routes/schemas.ts";
import {
  TRANSACTION_BODY,
  transactionBytes,
  UNDECODABLE,
} from "#services/rpc/routes/transaction-body.ts";

export const postTransaction = defineRoute({
  operationId: "postTransaction",
  tag: "transactions",
  summary: "Judge a transaction, take it into the pool and tell peers of it",
  cost: 20,
  takesTransaction: true,
  params: {},
  query: TRANSACTION_BODY,
  answer: z.object({
    txid: HASH_SCHEMA,
    isNew: z.boolean().meta({ description: "false: the pool had it already" }),
  }),
  problems: ["EXOS-E4004", "EXOS-E4220"],
  async run({ hex }, { stores }) {
    const bytes = transactionBytes(hex);
    if (bytes === undefined) return UNDECODABLE;
    const verdict = await stores.mempool.accept(bytes, { source: "local" });
    if (verdict.state === "undecodable") return UNDECODABLE;
    const { txid } = verdict;
    const isNew = verdict.state === "accepted";
    const isKnown = !isNew && verdict.error.code === "txn-already-in-mempool";
    if (!isNew && !isKnown) return refused("EXOS-E4220", verdict.error.code);
    return { ok: true, value: { value: { txid, isNew }, cache: { kind: "none" } } };
  },
});
