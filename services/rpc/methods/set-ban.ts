import * as z from "zod";
import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { COUNT_PARAMETER } from "#services/rpc/json-rpc/parameters.ts";
import { RPC_CODES, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { answerPeerCommand, answerPeers } from "#services/rpc/methods/answer-peers.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";

/** @source DEFAULT_MISBEHAVING_BANTIME, banman.h (Bitcoin Core 28.0) */
const BAN_SECONDS = 86_400;
const TIME_MAX = 0xffff_ffff;

/** @source setban, rpc/net.cpp (Bitcoin Core 28.0) */
export const setBan = defineMethod({
  name: "setban",
  reach: "local",
  description: "Ban an address or network for so many seconds (a day for 0), or lift a ban.",
  parameters: () => ({
    subnet: z.string(),
    command: z.enum(["add", "remove"], "must be add or remove"),
    bantime: COUNT_PARAMETER.default(0),
    absolute: z.boolean().default(false),
  }),
  run: ({ subnet, command, bantime, absolute }, { deps }) =>
    answerPeers(deps, async (peers) => {
      if (command === "remove") return answerPeerCommand(await peers.lift(subnet));
      const now = deps.clock.now();
      const until = absolute && bantime > 0 ? bantime : now + (bantime || BAN_SECONDS);
      if (until <= now || until > TIME_MAX) {
        return refuse(RPC_CODES.parameter, "bantime: must end in the future, and before 2106");
      }
      return answerPeerCommand(await peers.ban(subnet, unixSeconds(until)));
    }),
});
