import * as z from "zod";
import { defineRoute } from "#services/rpc/routes/route.ts";
import { AMOUNT_SCHEMA, amountText, HASH_SCHEMA } from "#services/rpc/routes/schemas.ts";
import {
  TRANSACTION_BODY,
  transactionBytes,
  UNDECODABLE,
} from "#services/rpc/routes/transaction-body.ts";

const ANSWER = z.object({
  txid: HASH_SCHEMA,
  allowed: z.boolean(),
  code: z.string().nullable().meta({ description: "Reject code of the rule that refuses it" }),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
  missing: z.array(HASH_SCHEMA).meta({ description: "Transactions it spends from, unknown here" }),
  fee: AMOUNT_SCHEMA.nullable(),
  size: z.int().nullable().meta({ description: "Bytes that the fee is counted by" }),
  replaces: z.array(HASH_SCHEMA),
});

export const testTransaction = defineRoute({
  operationId: "testTransaction",
  tag: "transactions",
  summary: "Whether a transaction would enter the pool, and what refuses it; nothing changes",
  cost: 20,
  takesTransaction: true,
  params: {},
  query: TRANSACTION_BODY,
  answer: ANSWER,
  problems: ["EXOS-E4004"],
  async run({ hex }, { stores }) {
    const bytes = transactionBytes(hex);
    const verdict = bytes === undefined ? undefined : await stores.mempool.test(bytes);
    if (verdict === undefined || verdict.state === "undecodable") return UNDECODABLE;
    const { txid } = verdict;
    const isAllowed = verdict.state === "accepted";
    const value = {
      txid,
      allowed: isAllowed,
      code: isAllowed ? null : verdict.error.code,
      detail: isAllowed ? {} : { ...verdict.error.detail },
      missing: verdict.state === "orphan" ? [...verdict.missing] : [],
      fee: isAllowed ? amountText(verdict.entry.fee) : null,
      size: isAllowed ? verdict.entry.size : null,
      replaces: isAllowed ? [...verdict.replaced] : [],
    };
    return { ok: true, value: { value, cache: { kind: "none" } } };
  },
});
