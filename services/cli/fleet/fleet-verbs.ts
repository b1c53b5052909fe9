import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { usageFailure } from "#services/cli/failure.ts";

/** One thing that can be done to a fleet. */
export interface FleetVerb {
  /** What stands behind the verb, for people. */
  readonly words: string;
  readonly summary: string;
  run(context: CommandContext, words: readonly string[]): Promise<ExitCode>;
}

/** The environment that a command speaks of; `prod` unless said. */
export function environmentOf({ options }: Pick<CommandContext, "options">): EnvironmentName {
  const name = options["environment"] ?? "prod";
  const found = (Object.keys(ENVIRONMENTS) as EnvironmentName[]).find((known) => known === name);
  if (found !== undefined) return found;
  const known = Object.keys(ENVIRONMENTS).join(", ");
  throw usageFailure(`there is no environment "${name}"; there are ${known}`, "--environment NAME");
}

/** The one word that a verb takes. */
function oneWord(words: readonly string[], verb: string, named: string): string {
  const [word, ...more] = words;
  if (word !== undefined && more.length === 0) return word;
  throw usageFailure(
    `fleet ${verb} takes one ${named}`,
    `exos fleet ${verb} ${named.toUpperCase()}`,
  );
}

const render: FleetVerb = {
  words: "CITY",
  summary: "the cloud-init of a city outside AWS, on stdout",
  async run(context, words) {
    const { renderNamed } = await import("./render-named.ts");
    const { terminal, json } = context;
    const text = renderNamed(oneWord(words, "render", "city"), environmentOf(context));
    terminal.out(json ? JSON.stringify({ schema: "exos.fleet-render.v1", cloudInit: text }) : text);
    return EXIT.done;
  },
};

const runbook: FleetVerb = {
  words: "",
  summary: "what happened, what to run, what it takes",
  async run({ terminal, json }) {
    const { RUNBOOK, runbookLines } = await import("./runbook.ts");
    if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-runbook.v1", rows: RUNBOOK }));
    else for (const line of runbookLines()) terminal.out(line);
    return EXIT.done;
  },
};

/** All but `status`, by name. */
export const FLEET_VERBS: Readonly<Record<string, FleetVerb>> = { render, runbook };
