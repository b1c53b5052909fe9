import * as z from "zod";
import type { Command, CommandContext } from "#services/cli/command.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { age } from "#services/cli/long-work.ts";
import { readFromNode, readResult } from "#services/cli/node-client.ts";

const Node = z.object({
  network: z.string(),
  version: z.string(),
  phase: z.string(),
  uptimeSeconds: z.number().optional(),
  tip: z.object({ height: z.number(), hash: z.string(), ageSeconds: z.number() }),
  finalized: z.object({ height: z.number(), hash: z.string() }).nullish(),
  indexHeight: z.number().nullish(),
  peers: z.object({ in: z.number(), out: z.number() }).optional(),
  mempool: z.object({ count: z.number(), bytes: z.number() }).optional(),
});
const Staking = z.object({ reason: z.object({ code: z.string(), text: z.string() }) });
const Health = z.object({
  status: z.string(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
});

type NodeView = z.output<typeof Node>;

/** Only whoever may log in is told how the node stakes; for others the screen does without. */
async function stakingOf(context: CommandContext) {
  try {
    return (await readResult(context, "getstakinginfo", Staking)).reason;
  } catch (cause) {
    if (cause instanceof CommandFailure) return undefined;
    throw cause;
  }
}

function print(
  { network, version, phase, tip, finalized, indexHeight, peers, mempool }: NodeView,
  health: string,
  { terminal }: CommandContext,
): void {
  terminal.out(`network   ${network}, exos ${version}`);
  terminal.out(`phase     ${phase}, health ${health}`);
  terminal.out(`tip       ${tip.height} ${tip.hash}, ${age(tip.ageSeconds)} old`);
  if (finalized) terminal.out(`final     ${finalized.height} ${finalized.hash}`);
  if (typeof indexHeight === "number") terminal.out(`index     ${indexHeight}`);
  if (peers) terminal.out(`peers     ${peers.in} in, ${peers.out} out`);
  if (mempool) terminal.out(`mempool   ${mempool.count} transactions, ${mempool.bytes} bytes`);
}

export const status: Command = {
  name: "status",
  audience: "use",
  usage: "exos status",
  summary: "one screen: phase, tip, age, index, peers, pool, staking, warnings with their codes",
  examples: ["status", "status --json"],
  async run(context) {
    const { json, terminal } = context;
    const node = await readFromNode(context, "/v1/node", Node);
    const health = await readFromNode(context, "/v1/health", Health);
    const staking = await stakingOf(context);
    const exit = health.status === "ok" ? EXIT.done : EXIT.notSynced;
    if (json) {
      terminal.out(JSON.stringify({ schema: "exos.status.v1", ...node, health, staking }));
      return exit;
    }
    print(node, health.status, context);
    if (staking !== undefined) terminal.out(`staking   ${staking.code}: ${staking.text}`);
    for (const { code, text } of health.reasons) terminal.out(`warning   ${code} ${text}`);
    return exit;
  },
};
