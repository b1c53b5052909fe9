import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const getIndexInfo = defineMethod({
  name: "getindexinfo",
  reach: "public",
  description: "How far the transaction and address indexes follow the chain.",
  parameters: () => ({ index_name: z.string().optional() }),
  async run({ index_name }, { chain: open, stores }) {
    const { tip } = await open();
    const at = await stores.index.cursor();
    const state = { synced: at?.hash === tip.hash, best_block_height: at?.height ?? 0 };
    const all = Object.entries({ txindex: state, addressindex: state });
    const asked = all.filter(([name]) => index_name === undefined || index_name === name);
    return { ok: true, value: Object.fromEntries(asked) };
  },
});
