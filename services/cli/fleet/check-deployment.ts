import { deployRoleFaults } from "#regions/deploy-role-faults.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import type { Deployment } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { shapeFaults } from "./shape-faults.ts";

/** Nobody reads what has no such name: a city would silently stand where it was not meant to. */
function strangeFields(deployment: object): string[] {
  const known = Object.keys(EXAMPLE_DEPLOYMENT);
  return Object.keys(deployment)
    .filter((name) => !known.includes(name))
    .map((name) => `${name}: no such field; there are ${known.join(", ")}`);
}

/**
 * Whether what the deployer named is what it should be, before anything is made of it: a synthesis, or a
 * machine, would end at a fault with less to say.
 *
 * @throws CommandFailure `EXOS-E8004` naming each field that is wrong
 */
export function checkDeployment(fleet: EnvironmentName, deployment: Deployment): void {
  const shape = shapeFaults(deployment);
  const faults = [
    ...strangeFields(deployment),
    ...(shape.length > 0 ? shape : deployRoleFaults(deployment, fleet)),
  ];
  if (faults.length === 0) return;
  throw new CommandFailure(`regions/deployment.ts: ${faults.join("; ")}`, { code: "EXOS-E8004" });
}
