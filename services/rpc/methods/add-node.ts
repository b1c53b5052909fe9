import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerPeerCommand, answerPeers } from "#services/rpc/methods/answer-peers.ts";

/** @source addnode, rpc/net.cpp (Bitcoin Core 28.0) */
export const addNode = defineMethod({
  name: "addnode",
  reach: "local",
  description: "Connect to a node from now on (add), no longer (remove), or once (onetry).",
  parameters: () => ({
    node: z.string(),
    command: z.enum(["add", "remove", "onetry"], "must be add, remove or onetry"),
    v2transport: z.literal(false, "no connection here is encrypted").optional(),
  }),
  run: ({ node, command }, { deps }) =>
    answerPeers(deps, (peers) =>
      answerPeerCommand(
        command === "remove" ? peers.remove(node) : peers.add(node, command === "onetry"),
      ),
    ),
});
