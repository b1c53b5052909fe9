import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerPeers } from "#services/rpc/methods/answer-peers.ts";

export const clearBanned = defineMethod({
  name: "clearbanned",
  reach: "local",
  description: "Lift every ban.",
  parameters: () => ({}),
  run: (_, { deps }) =>
    answerPeers(deps, async (peers) => {
      await peers.clearBans();
      return { ok: true, value: null };
    }),
});
