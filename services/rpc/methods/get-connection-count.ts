import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerPeers } from "#services/rpc/methods/answer-peers.ts";

export const getConnectionCount = defineMethod({
  name: "getconnectioncount",
  reach: "public",
  description: "How many nodes are connected.",
  parameters: {},
  run: (_, { deps }) => answerPeers(deps, (peers) => ({ ok: true, value: peers.list().length })),
});
