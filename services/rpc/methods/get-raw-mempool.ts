import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { coreMempoolEntry } from "#services/rpc/shapes/core-mempool-entry.ts";

export const getRawMempool = defineMethod({
  name: "getrawmempool",
  reach: "public",
  cost: 5,
  description:
    "Ids of every transaction of the pool; with verbose an object of what is known of each.",
  parameters: () => ({
    verbose: z.boolean().default(false),
    mempool_sequence: z.literal(false, "is not counted here").default(false),
  }),
  async run({ verbose }, { stores }) {
    if (!verbose) return { ok: true, value: await stores.mempool.ids() };
    const entries = await stores.mempool.entries();
    const value = Object.fromEntries(entries.map((entry) => [entry.txid, coreMempoolEntry(entry)]));
    return { ok: true, value };
  },
});
