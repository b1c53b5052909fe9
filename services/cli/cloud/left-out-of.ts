import { join } from "node:path";
import * as z from "zod";
import type { EndpointChoice } from "#services/cli/cloud/endpoint-choice.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";

const LEFT_OUT = z.record(z.string(), z.string());

/** What a city of the environment `local` goes without, and why, as the stacks' own table has it. */
export async function leftOutOf(
  { driven, localstack }: EndpointChoice,
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
): Promise<Readonly<Record<string, string>>> {
  const besides = [...(driven ? ["driven"] : []), ...(localstack ? ["localstack"] : [])];
  const words = [join(PROJECT, "infra", "left-out.ts"), ...besides];
  const said = await runProgram(process.execPath, words, {
    doing: "reading what a local city goes without",
    env: environment,
    cwd: PROJECT,
    signal,
  });
  return LEFT_OUT.parse(JSON.parse(said));
}
