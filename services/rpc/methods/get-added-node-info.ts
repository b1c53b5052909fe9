import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { answerPeers } from "#services/rpc/methods/answer-peers.ts";
import { formatEndpoint } from "#shared/p2p/endpoint-text.ts";

/** @source getaddednodeinfo, rpc/net.cpp (Bitcoin Core 28.0) */
export const getAddedNodeInfo = defineMethod({
  name: "getaddednodeinfo",
  reach: "local",
  description: "Nodes named by addnode and connect, and whether they are connected.",
  parameters: () => ({ node: z.string().optional() }),
  run: ({ node }, { deps }) =>
    answerPeers(deps, (peers) => {
      const added = peers.added().filter(({ text }) => node === undefined || text === node);
      if (node !== undefined && added.length === 0) {
        return refuse(RPC_CODES.nodeNotAdded, "Error: Node has not been added.");
      }
      const value = added.map(({ text, connections }) => ({
        addednode: text,
        connected: connections.length > 0,
        addresses: connections.map(({ remote, direction }) => ({
          address: formatEndpoint(remote),
          connected: direction,
        })),
      }));
      return { ok: true, value };
    }),
});
