import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { difficultyOf } from "#services/rpc/views/difficulty.ts";

export const getDifficulty = defineMethod({
  name: "getdifficulty",
  reach: "public",
  description: "Difficulty of the tip, as a multiple of the easiest one Bitcoin knows.",
  parameters: () => ({}),
  async run(_, { chain }) {
    const { tip } = await chain();
    return { ok: true, value: difficultyOf(tip.header.bits) };
  },
});
