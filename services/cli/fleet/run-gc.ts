import { DEPLOYMENT } from "#regions/deployment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { composeGc } from "./compose-gc.ts";
import { environmentOf } from "./environment-of.ts";
import { onlyCity } from "./named-city.ts";
import { type Swept, sweepGenerations } from "./sweep-generations.ts";

const USAGE = "exos fleet gc CITY";

/** `exos fleet gc CITY`: delete the tables that a load has replaced, and say what became of each. */
export async function runGc(context: CommandContext, words: readonly string[]): Promise<ExitCode> {
  const { terminal, json, signal, environment } = context;
  const fleet = environmentOf(context);
  const city = onlyCity(fleet, words, USAGE);
  const say = (line: string) => terminal.err(line);
  const deps = await composeGc({ environment, signal, fleet, deployment: DEPLOYMENT, say }, city);
  const tables = await sweepGenerations(deps);
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-gc.v1", city: city.code, tables }));
  else for (const one of tables) terminal.out(`${one.table}: ${fateOf(one)}`);
  return EXIT.done;
}

function fateOf({ state, until = 0 }: Swept): string {
  switch (state) {
    case "live":
      return "in use";
    case "unknown":
      return "nothing says which one is in use: stays";
    case "newer":
      return "newer than the one in use: stays";
    case "waits":
      return `old: goes by the gc after ${new Date(until * 1_000).toISOString()}`;
    case "dropped":
      return "deleted";
  }
}
