import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const getBestBlockHash = defineMethod({
  name: "getbestblockhash",
  reach: "public",
  description: "Hash of the tip.",
  parameters: () => ({}),
  async run(_, { chain }) {
    return { ok: true, value: (await chain()).tip.hash };
  },
});
