import { join } from "node:path";
import * as z from "zod";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";

const LEFT_OUT = z.record(z.string(), z.string());

/** What a city of the environment `local` goes without, and why, as the stacks' own table has it. */
export async function leftOutLines({
  environment,
  signal,
}: Pick<CommandContext, "environment" | "signal">): Promise<readonly string[]> {
  const said = await runProgram(process.execPath, [join(PROJECT, "infra", "left-out.ts")], {
    doing: "reading what a local city goes without",
    env: environment,
    cwd: PROJECT,
    signal,
  });
  return Object.entries(LEFT_OUT.parse(JSON.parse(said))).map(([what, why]) => `${what}: ${why}`);
}
