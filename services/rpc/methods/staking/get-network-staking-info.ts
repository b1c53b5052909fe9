import { defineStakeMethod } from "#services/rpc/methods/staking/staking-method.ts";
import { readNetworkStake } from "#services/rpc/views/network-stake.ts";

export const getNetworkStakingInfo = defineStakeMethod({
  name: "getnetworkstakinginfo",
  reach: "public",
  description: "Who stakes on the network, as its latest blocks let guess. Weight in base units.",
  parameters: () => ({}),
  async run(_, { chain, stores, stake }) {
    const found = await readNetworkStake(await chain(), stores, stake);
    return {
      ok: true,
      value: {
        netstakeweight: found.weight,
        difficulty: found.difficulty,
        stakers24h: found.stakers24h,
        spacing: found.spacingSeconds,
      },
    };
  },
});
