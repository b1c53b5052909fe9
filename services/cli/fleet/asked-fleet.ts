import { DEPLOYMENT, type Deployment } from "#regions/deployment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { checkDeployment } from "./check-deployment.ts";
import type { FleetOptions } from "./compose-fleet.ts";
import { environmentOf } from "./environment-of.ts";

/**
 * The fleet that a command speaks of, as what works on it wants it.
 *
 * @throws CommandFailure for an environment that is none, and `EXOS-E8004` for a fact of the deployer
 *   that is not what it should look like
 */
export function askedFleet(
  context: Pick<CommandContext, "options" | "environment" | "signal" | "terminal">,
  deployment: Deployment = DEPLOYMENT,
): FleetOptions {
  const { environment, signal, terminal } = context;
  const fleet = environmentOf(context);
  checkDeployment(fleet, deployment);
  return { environment, signal, fleet, deployment, say: (line) => terminal.err(line) };
}
