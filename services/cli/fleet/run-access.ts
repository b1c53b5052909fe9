import type { EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { askedFleet } from "./asked-fleet.ts";
import { wavesOf } from "./chosen-cities.ts";
import { composeFleet } from "./compose-fleet.ts";
import { type AccessOutcome, deployAccess } from "./deploy-access.ts";

/**
 * `exos fleet access`: deploy who may deploy by a pipeline, a role per wave, or take them away where
 * nobody is named any more. By hand, with more rights than any of these roles has.
 *
 * @throws CommandFailure `EXOS-E8004` where `regions/deployment.ts` names nobody, or not rightly
 */
export async function runAccess(context: CommandContext): Promise<ExitCode> {
  const { terminal, json } = context;
  const asked = askedFleet(context);
  const { fleet, deployment } = asked;
  const isNamed = deployment.deployRoles[fleet] !== undefined;
  if (!isNamed && deployment.accounts[fleet] === undefined) throw nobodyNamed(fleet);
  const { access } = await composeFleet(asked);
  const waves = wavesOf(citiesOf(fleet)).flatMap(([first]) => (first ? [first.wave] : []));
  const outcome = await deployAccess({ isNamed, waves }, access);
  if (outcome.state === "nobody") throw nobodyNamed(fleet);
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-access.v1", ...outcome }));
  else for (const line of accessLines(outcome)) terminal.out(line);
  return EXIT.done;
}

function nobodyNamed(fleet: EnvironmentName): CommandFailure {
  const lacking = `deployRoles.${fleet}: who deploys each wave by a pipeline`;
  return new CommandFailure(`regions/deployment.ts lacks ${lacking}`, { code: "EXOS-E8004" });
}

function accessLines(outcome: Exclude<AccessOutcome, { readonly state: "nobody" }>): string[] {
  if (outcome.state === "removed") return ["Nobody deploys by a pipeline any more."];
  return outcome.roles.map(({ wave, role }) => `wave ${wave}: ${role ?? "no role was printed"}`);
}
