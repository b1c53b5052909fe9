import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { HASH_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { coreMempoolEntry } from "#services/rpc/shapes/core-mempool-entry.ts";

export const getMempoolEntry = defineMethod({
  name: "getmempoolentry",
  reach: "public",
  description: "A transaction of the pool: its fees, and those of what it depends on or carries.",
  parameters: () => ({ txid: HASH_PARAMETER }),
  async run({ txid }, { stores }) {
    const entry = await stores.mempool.get(txid);
    if (entry === undefined) return refuse(RPC_CODES.notFound, "Transaction not in mempool");
    return { ok: true, value: coreMempoolEntry(entry) };
  },
});
