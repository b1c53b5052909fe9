import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { refuseWithoutPeers } from "#services/rpc/methods/answer-peers.ts";
import { countPeers } from "#services/rpc/views/peer-counts.ts";

export const getConnectionCount = defineMethod({
  name: "getconnectioncount",
  reach: "public",
  description: "How many nodes are connected.",
  parameters: () => ({}),
  async run(_, { deps }) {
    const counts = await countPeers(deps);
    if (counts === undefined) return refuseWithoutPeers();
    return { ok: true, value: counts.inbound + counts.outbound };
  },
});
