import { DEPLOYMENT } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { composeFleet, type FleetTools } from "./compose-fleet.ts";
import { environmentOf } from "./environment-of.ts";
import { originsToNote } from "./origins-to-note.ts";

/**
 * `exos fleet edge`: deploy what all cities share, out of the release that they were deployed from.
 * No wave: there is one edge, and a change that CloudFormation undoes leaves the old one.
 *
 * @throws CommandFailure `EXOS-E8004` without a zone or the hosts of its cities, `EXOS-E8008` before any city was deployed
 */
export async function runEdge(context: CommandContext): Promise<ExitCode> {
  const { terminal, json, options } = context;
  if (DEPLOYMENT.zone === undefined) {
    throw new CommandFailure("regions/deployment.ts lacks zone: the edge answers below it", {
      code: "EXOS-E8004",
    });
  }
  const tools = await composeFleet({
    ...context,
    ...{ fleet: environmentOf(context), cities: [], edge: true, deployment: DEPLOYMENT },
    say: (line) => terminal.err(line),
  });
  const version = options["release"] ?? (await tools.record.read())?.state.version;
  if (version === undefined) {
    throw new CommandFailure("no release is there: deploy a city first, exos fleet deploy", {
      code: "EXOS-E8008",
      exit: EXIT.notFound,
    });
  }
  await checkOrigins(environmentOf(context), tools);
  const outputs = await tools.deployEdge(version);
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.fleet-edge.v1", version, outputs }));
    return EXIT.done;
  }
  terminal.out(`Deployed the edge of ${version}: https://${DEPLOYMENT.zone.name}`);
  const store = outputs["VectorStore"];
  if (store !== undefined && store !== DEPLOYMENT.vector) {
    terminal.out(`regions/deployment.ts wants its store: vector: "${store}"`);
  }
  return EXIT.done;
}

/** The edge asks the hosts that its release names: those that the cities print. */
async function checkOrigins(
  fleet: EnvironmentName,
  { stacksOf }: Pick<FleetTools, "stacksOf">,
): Promise<void> {
  const printed = new Map<string, Readonly<Record<string, string>>>();
  for (const { code, host } of citiesOf(fleet)) {
    if (host.kind !== "aws") continue;
    const stacks = await stacksOf(code);
    printed.set(code, Object.assign({}, ...stacks.map(({ outputs }) => outputs)));
  }
  const noted = originsToNote(printed, DEPLOYMENT);
  if (Object.keys(noted).length === 0) return;
  throw new CommandFailure(
    `regions/deployment.ts wants these in origins: ${JSON.stringify(noted)}; a new exos fleet deploy carries them to the edge`,
    { code: "EXOS-E8004" },
  );
}
