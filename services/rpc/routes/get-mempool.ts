import * as z from "zod";
import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from "#services/rpc/limits.ts";
import { defineRoute } from "#services/rpc/routes/route.ts";
import {
  AMOUNT_SCHEMA,
  amountText,
  HASH_SCHEMA,
  HEIGHT_SCHEMA,
  TIME_SCHEMA,
} from "#services/rpc/routes/schemas.ts";

const RATE_SCHEMA = AMOUNT_SCHEMA.meta({ description: "Base units per 1,000 bytes" });

const ANSWER = z.object({
  loaded: z.boolean().meta({ description: "false: what was saved is still being judged again" }),
  count: z.int().min(0),
  bytes: z.int().min(0).meta({ description: "Sum of sizes" }),
  usage: z.int().min(0).meta({ description: "Memory, estimated" }),
  usageMax: z.int().min(0),
  totalFees: AMOUNT_SCHEMA,
  feeRateMin: RATE_SCHEMA,
  relayFeeRateMin: RATE_SCHEMA,
  unbroadcast: z.int().min(0),
  orphans: z.int().min(0),
  newest: z.array(
    z.object({
      txid: HASH_SCHEMA,
      fee: AMOUNT_SCHEMA,
      size: z.int(),
      time: TIME_SCHEMA,
      height: HEIGHT_SCHEMA.meta({ description: "Of the tip when it entered" }),
    }),
  ),
});

export const getMempool = defineRoute({
  operationId: "getMempool",
  tag: "transactions",
  summary: "What waits for a block: how much, what it pays, and what came last",
  cost: 2,
  params: {},
  query: {
    limit: z.coerce.number().int().min(0).max(PAGE_ITEMS_MAX).default(PAGE_ITEMS_DEFAULT),
  },
  answer: ANSWER,
  problems: [],
  async run({ limit }, { stores: { mempool } }) {
    const { totalFees, feeRateMin, relayFeeRateMin, replacement, ...info } = await mempool.info();
    const ids = limit === 0 ? [] : (await mempool.ids()).slice(-limit).reverse();
    const entries = await Promise.all(ids.map((txid) => mempool.get(txid)));
    const value = {
      ...info,
      totalFees: amountText(totalFees),
      feeRateMin: amountText(feeRateMin),
      relayFeeRateMin: amountText(relayFeeRateMin),
      newest: entries.flatMap((entry) => {
        if (entry === undefined) return [];
        const { txid, fee, size, time, height } = entry;
        return [{ txid, fee: amountText(fee), size, time, height }];
      }),
    };
    return { ok: true, value: { value, cache: { kind: "tip" } } };
  },
});
