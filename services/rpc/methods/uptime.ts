import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const uptime = defineMethod({
  name: "uptime",
  reach: "public",
  description: "Seconds since the node started.",
  parameters: () => ({}),
  run(_, { deps }) {
    return { ok: true, value: Math.floor((deps.clock.elapsedMs() - deps.startedMs) / 1000) };
  },
});
