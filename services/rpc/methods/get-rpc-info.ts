import { defineMethod } from "#services/rpc/json-rpc/method.ts";

export const getRpcInfo = defineMethod({
  name: "getrpcinfo",
  reach: "local",
  description: "The calls that are running, and where the log goes.",
  parameters: () => ({}),
  run(_, { deps }) {
    const now = deps.clock.elapsedMs();
    const active = [...deps.calls].map(({ method, startedMs }) => ({
      method,
      duration: Math.round((now - startedMs) * 1000),
    }));
    return { ok: true, value: { active_commands: active, logpath: "" } };
  },
});
