import * as z from "zod";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { postToNode } from "#services/cli/node-client.ts";

const GROUPS = z.object({ groups: z.array(z.array(z.string())) });
const PROBLEM = z.object({ code: z.string(), detail: z.string() });

/** Cut the cities of a running fleet in two, or join them. @param split sizes as `6/7`; null joins */
export async function runBorder(context: CommandContext, split: string | null): Promise<ExitCode> {
  const { json, terminal } = context;
  const { status, text } = await postToNode(context, "/v1/dev/partition", { split });
  if (status !== 200) {
    const problem = PROBLEM.safeParse(JSON.parse(text));
    const detail = problem.success ? problem.data.detail : `the node answered ${status}`;
    throw new CommandFailure(detail, { code: "EXOS-E8002", exit: EXIT.usage });
  }
  const { groups } = GROUPS.parse(JSON.parse(text));
  if (json) terminal.out(JSON.stringify({ schema: "exos.partition.v1", groups }));
  else if (groups.length < 2) terminal.out("joined: every city reaches every other");
  else terminal.out(`cut: ${groups.map((group) => group.join(" ")).join(" | ")}`);
  return EXIT.done;
}
