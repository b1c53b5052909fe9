import { type App, Stage } from "aws-cdk-lib";
import type { City } from "#regions/city.ts";
import { deployRoleFaults } from "#regions/deploy-role-faults.ts";
import type { Deployment } from "#regions/deployment.ts";
import { EDGE_REGION } from "#regions/edge-names.ts";
import type { EnvironmentName } from "#regions/environment.ts";
import { AccessStack } from "./stacks/access-stack.ts";

export interface AccessProps {
  readonly environment: EnvironmentName;
  readonly deployment: Pick<Deployment, "accounts" | "deployRoles">;
}

/**
 * Add who may deploy an environment by a pipeline to its app, where anybody is named.
 *
 * @param cities all of the environment
 * @throws for an entry of `deployRoles` that would trust somebody else, or nobody
 */
export function addAccess(app: App, props: AccessProps, cities: readonly City[]): void {
  const { environment, deployment } = props;
  const faults = deployRoleFaults(deployment, environment, cities);
  if (faults.length > 0) throw new Error(`regions/deployment.ts: ${faults.join("; ")}`);
  const deployRoles = deployment.deployRoles[environment];
  const account = deployment.accounts[environment];
  if (deployRoles === undefined || account === undefined) return;
  const stage = new Stage(app, "access", { env: { account, region: EDGE_REGION } });
  new AccessStack(stage, { environment, account, deployRoles, cities });
}
