import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerPeers } from "#services/rpc/methods/answer-peers.ts";

export const ping = defineMethod({
  name: "ping",
  reach: "local",
  description: "Ask every peer for an answer; getpeerinfo shows how long it took.",
  parameters: () => ({}),
  run: (_, { deps }) =>
    answerPeers(deps, (peers) => {
      peers.ping();
      return { ok: true, value: null };
    }),
});
