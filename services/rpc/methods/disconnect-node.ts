import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { COUNT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { answerPeerCommand, answerPeers } from "#services/rpc/methods/answer-peers.ts";

/** @source disconnectnode, rpc/net.cpp (Bitcoin Core 28.0) */
export const disconnectNode = defineMethod({
  name: "disconnectnode",
  reach: "local",
  description: "Close the connection to a node, by its address or by its id of getpeerinfo.",
  parameters: () => ({ address: z.string().default(""), nodeid: COUNT_PARAMETER.optional() }),
  run: ({ address, nodeid }, { deps }) =>
    answerPeers(deps, (peers) => {
      if ((address === "") === (nodeid === undefined)) {
        return refuse(RPC_CODES.parameter, "Only one of address and nodeid should be provided.");
      }
      const choice =
        nodeid === undefined
          ? ({ kind: "endpoint", text: address } as const)
          : ({ kind: "id", id: nodeid } as const);
      return answerPeerCommand(peers.disconnect(choice));
    }),
});
