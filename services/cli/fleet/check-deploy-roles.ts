import { deployRoleFaults } from "#regions/deploy-role-faults.ts";
import type { Deployment } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/**
 * Who deploys by a pipeline is a part of every synthesis, which would end at a fault with less to say.
 *
 * @throws CommandFailure `EXOS-E8004` naming each field that is wrong
 */
export function checkDeployRoles(
  fleet: EnvironmentName,
  deployment: Pick<Deployment, "accounts" | "cityAccounts" | "deployRoles">,
): void {
  const faults = deployRoleFaults(deployment, fleet);
  if (faults.length === 0) return;
  throw new CommandFailure(`regions/deployment.ts: ${faults.join("; ")}`, { code: "EXOS-E8004" });
}
