import { roleOutput } from "#regions/access-names.ts";
import { DEPLOYMENT } from "#regions/deployment.ts";
import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { checkDeployRoles } from "./check-deploy-roles.ts";
import { wavesOf } from "./chosen-cities.ts";
import { composeFleet } from "./compose-fleet.ts";
import { environmentOf } from "./environment-of.ts";

/**
 * `exos fleet access`: deploy who may deploy by a pipeline, a role per wave. By hand, with more rights
 * than any of these roles has.
 *
 * @throws CommandFailure `EXOS-E8004` where `regions/deployment.ts` names nobody, or not rightly
 */
export async function runAccess(context: CommandContext): Promise<ExitCode> {
  const { terminal, json } = context;
  const fleet = environmentOf(context);
  checkDeployRoles(fleet, DEPLOYMENT);
  if (DEPLOYMENT.deployRoles[fleet] === undefined) {
    const lacking = `deployRoles.${fleet}: who deploys each wave by a pipeline`;
    throw new CommandFailure(`regions/deployment.ts lacks ${lacking}`, { code: "EXOS-E8004" });
  }
  const tools = await composeFleet({
    ...context,
    ...{ fleet, cities: [], edge: true, deployment: DEPLOYMENT },
    say: (line) => terminal.err(line),
  });
  await tools.deployAccess();
  const outputs = await tools.accessOutputs();
  const waves = wavesOf(citiesOf(fleet)).flatMap(([first]) => (first ? [first.wave] : []));
  const roles = waves.map((wave) => ({ wave, role: outputs[roleOutput(wave)] ?? null }));
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-access.v1", roles }));
  else for (const { wave, role } of roles) terminal.out(`wave ${wave}: ${role}`);
  return EXIT.done;
}
