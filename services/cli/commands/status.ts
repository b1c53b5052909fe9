import * as z from "zod";
import type { Command } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { age } from "#services/cli/long-work.ts";
import { readFromNode } from "#services/cli/node-client.ts";

const Node = z.object({
  network: z.string(),
  version: z.string(),
  phase: z.string(),
  uptimeSeconds: z.number().optional(),
  tip: z.object({ height: z.number(), hash: z.string(), ageSeconds: z.number() }),
  finalized: z.object({ height: z.number(), hash: z.string() }).nullish(),
  indexHeight: z.number().nullish(),
});
const Health = z.object({
  status: z.string(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
});

export const status: Command = {
  name: "status",
  audience: "use",
  usage: "exos status",
  summary: "one screen: phase, tip, age, index, warnings with their codes",
  examples: ["status", "status --json"],
  async run({ config, json, terminal }) {
    const node = await readFromNode(config, "/v1/node", Node);
    const health = await readFromNode(config, "/v1/health", Health);
    const exit = health.status === "ok" ? EXIT.done : EXIT.notSynced;
    if (json) {
      terminal.out(JSON.stringify({ schema: "exos.status.v1", ...node, health }));
      return exit;
    }
    const { tip, finalized, indexHeight } = node;
    terminal.out(`network   ${node.network}, exos ${node.version}`);
    terminal.out(`phase     ${node.phase}, health ${health.status}`);
    terminal.out(`tip       ${tip.height} ${tip.hash}, ${age(tip.ageSeconds)} old`);
    if (finalized) terminal.out(`final     ${finalized.height} ${finalized.hash}`);
    if (typeof indexHeight === "number") terminal.out(`index     ${indexHeight}`);
    for (const { code, text } of health.reasons) terminal.out(`warning   ${code} ${text}`);
    return exit;
  },
};
