import { defineStakingMethod } from "#services/rpc/methods/staking/staking-method.ts";

export const stopStaking = defineStakingMethod({
  name: "stopstaking",
  description: "Stop to stake. No wallet is locked by it.",
  parameters: () => ({}),
  run(_, { staking }) {
    staking.stop();
    return { ok: true, value: true };
  },
});
