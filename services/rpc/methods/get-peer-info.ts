import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerPeers } from "#services/rpc/methods/answer-peers.ts";
import { corePeer } from "#services/rpc/shapes/core-peer.ts";

export const getPeerInfo = defineMethod({
  name: "getpeerinfo",
  reach: "local",
  description: "Every connected node: addresses, versions, bytes by message, pings, heights.",
  parameters: () => ({}),
  run: (_, { deps }) =>
    answerPeers(deps, (peers) => ({ ok: true, value: peers.list().map(corePeer) })),
});
