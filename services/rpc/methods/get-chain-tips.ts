import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { viewChainTips } from "#services/rpc/views/chain-tips.ts";

export const getChainTips = defineMethod({
  name: "getchaintips",
  reach: "public",
  description: "The ends of all known branches: the tip, side branches, and bad ones.",
  parameters: () => ({}),
  async run(_, { chain, stores }) {
    const tips = await viewChainTips(await chain(), stores);
    return {
      ok: true,
      value: tips.map(({ height, hash, branchLength, status }) => ({
        height,
        hash,
        branchlen: branchLength,
        status,
      })),
    };
  },
});
