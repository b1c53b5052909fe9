import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const stop = defineMethod({
  name: "stop",
  reach: "local",
  description: "Stop the node in good order.",
  parameters: () => ({}),
  run(_, { deps }) {
    deps.control.stop();
    return { ok: true, value: "EXOS node stopping" };
  },
});
