import { join } from "node:path";
import type * as z from "zod";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import type { Rehearsal } from "#services/cli/cloud/rehearse/rehearsal.ts";
import { PROJECT } from "#services/cli/cloud/run-cdk.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";

const MAIN = join(PROJECT, "services", "cli", "main.ts");

/**
 * A verb of `exos fleet` on the rehearsed city, by its own command, as an operator runs it.
 *
 * @param shape of the document that it prints
 * @throws CommandFailure with what it said, when it fails
 */
export async function runFleet<T>(
  { program, signal, hear }: Pick<Rehearsal, "program" | "signal" | "hear">,
  shape: z.ZodType<T>,
  verb: string,
  ...more: readonly string[]
): Promise<T> {
  const { environment } = LOCAL_CITY;
  const words = [MAIN, "fleet", verb, ...more, "--environment", environment, "--json"];
  const options = { doing: `exos fleet ${verb}`, env: program, signal, onLine: hear };
  return shape.parse(JSON.parse(await runProgram(process.execPath, words, options)));
}
