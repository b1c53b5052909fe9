import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { readFromNode } from "#services/cli/node-client.ts";
import { askedFleet } from "./asked-fleet.ts";
import { chosenCities } from "./chosen-cities.ts";
import { composeFleet } from "./compose-fleet.ts";
import { deployedLines, groupLines, viewDeployed } from "./describe-deployed.ts";
import { describeFleet, FLEET, verdictLines } from "./describe-fleet.ts";

const USAGE = "exos fleet status [CITY | --city CITY,…] [--wave N] [--environment NAME] [--groups]";

/**
 * `exos fleet status`: the cities of the process that runs here; with `--environment NAME` every
 * deployed city as its callers see it. `--groups` tells no more than who agrees with whom.
 *
 * @param words letters of one city, which may also be said by `--city`
 */
export async function runStatus(
  context: CommandContext,
  [word, ...more]: readonly string[],
): Promise<ExitCode> {
  if (more.length > 0) throw usageFailure(`fleet status takes no "${more.join(" ")}"`, USAGE);
  if (word !== undefined && context.options["city"] !== undefined) {
    throw usageFailure(`fleet status takes "${word}" or --city, not both`, USAGE);
  }
  const named: CommandContext["options"] = word === undefined ? {} : { city: word };
  const asked = { ...context, options: { ...context.options, ...named } };
  return asked.options["environment"] === undefined ? showRunning(asked) : showDeployed(asked);
}

async function showRunning(context: CommandContext): Promise<ExitCode> {
  const { json, terminal, options } = context;
  const chosen = options["city"] ?? options["wave"];
  if (chosen !== undefined) {
    const message = "the cities of the process that runs here are shown together; ";
    throw usageFailure(`${message}of deployed ones, --environment says where`, USAGE);
  }
  const found = await readFromNode(context, "/v1/fleet", FLEET);
  if (found.cities.length === 0) {
    throw new CommandFailure("the process that answers runs one node and no fleet", {
      code: "EXOS-E8001",
      exit: EXIT.notFound,
    });
  }
  const lines = options["groups"] === undefined ? describeFleet(found) : verdictLines(found);
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-status.v1", ...found }));
  else for (const line of lines) terminal.out(line);
  return found.split || found.tips.length > 1 ? EXIT.notSynced : EXIT.done;
}

async function showDeployed(context: CommandContext): Promise<ExitCode> {
  const { terminal, json, options } = context;
  const asked = askedFleet(context);
  const cities = chosenCities(asked.fleet, context);
  const tools = await composeFleet(asked);
  const looks = await tools.health.look(cities.map(({ code }) => code));
  const view = viewDeployed(looks, (await tools.record.read())?.state, tools.clock.now());
  const lines = options["groups"] === undefined ? deployedLines(view) : groupLines(view);
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-deployed.v1", ...view }));
  else for (const line of lines) terminal.out(line);
  const isWell = view.groups.length < 2 && view.cities.every(({ ready }) => ready);
  return isWell ? EXIT.done : EXIT.notSynced;
}
