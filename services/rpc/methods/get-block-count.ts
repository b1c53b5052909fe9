import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const getBlockCount = defineMethod({
  name: "getblockcount",
  reach: "public",
  description: "Height of the tip; genesis is 0.",
  parameters: () => ({}),
  async run(_, { chain }) {
    return { ok: true, value: (await chain()).tip.height };
  },
});
