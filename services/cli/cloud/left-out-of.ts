import { join } from "node:path";
import * as z from "zod";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { CommandContext } from "#services/cli/command.ts";

const LEFT_OUT = z.record(z.string(), z.string());

/** What a city of the environment `local` goes without, and why, as the stacks' own table has it. */
export async function leftOutOf(
  { kind }: Pick<LocalEndpoint, "kind">,
  { driven }: { readonly driven: boolean },
  { environment, signal }: Pick<CommandContext, "environment" | "signal">,
): Promise<Readonly<Record<string, string>>> {
  const words = [join(PROJECT, "infra", "left-out.ts"), kind, ...(driven ? ["driven"] : [])];
  const said = await runProgram(process.execPath, words, {
    doing: "reading what a local city goes without",
    env: environment,
    cwd: PROJECT,
    signal,
  });
  return LEFT_OUT.parse(JSON.parse(said));
}
