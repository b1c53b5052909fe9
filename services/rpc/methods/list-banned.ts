import { defineMethod } from "#services/rpc/json-rpc/method.ts";
import { answerPeers } from "#services/rpc/methods/answer-peers.ts";

/** @source listbanned, rpc/net.cpp (Bitcoin Core 28.0) */
export const listBanned = defineMethod({
  name: "listbanned",
  reach: "local",
  description: "Who is banned, since when and until when.",
  parameters: () => ({}),
  run: (_, { deps }) =>
    answerPeers(deps, (peers) => ({
      ok: true,
      value: peers.bans().map(({ subject, created, until, reason }) => ({
        address: subject,
        ban_created: created,
        banned_until: until,
        ban_duration: until - created,
        time_remaining: Math.max(0, until - deps.clock.now()),
        ban_reason: reason,
      })),
    })),
});
