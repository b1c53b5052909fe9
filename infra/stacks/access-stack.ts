import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { CfnOIDCProvider, ManagedPolicy } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { acknowledge } from "#infra/acknowledge.ts";
import { DeployRole } from "#infra/constructs/deploy-role.ts";
import { bootstrapRoles, deployRights } from "#infra/deploy-rights.ts";
import { policyStatement } from "#infra/policy-statement.ts";
import { type WaveReach, waveReaches } from "#infra/wave-reach.ts";
import { type AccessNames, accessNames, roleOutput } from "#regions/access-names.ts";
import type { City } from "#regions/city.ts";
import type { DeployRoles } from "#regions/deployment.ts";
import type { EnvironmentName } from "#regions/environment.ts";

export interface AccessStackProps extends StackProps {
  readonly environment: EnvironmentName;
  /** Of the environment, twelve digits. */
  readonly account: string;
  /** Without a fault, as `regions/deploy-role-faults.ts` finds them. */
  readonly deployRoles: DeployRoles;
  /** All of the environment. */
  readonly cities: readonly City[];
}

/** Who may deploy: one role per wave, for an account that holds one environment. @source cloud.md 9.1 */
export class AccessStack extends Stack {
  constructor(scope: Construct, props: AccessStackProps) {
    const { environment, account, deployRoles, cities, ...stackProps } = props;
    const names = accessNames(environment);
    super(scope, "roles", { ...stackProps, stackName: names.prefix });
    const { audience, subjects } = deployRoles;
    const issuer = deployRoles.issuer.slice("https://".length);
    const providerArn = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
    const reaches = waveReaches({ environment, account }, cities);
    const boundary = this.#boundary(names, reaches);
    const provider = this.#provider(deployRoles);
    for (const reach of reaches) {
      const { wave } = reach;
      const subject = subjects[wave];
      if (subject === undefined) throw new RangeError(`nobody deploys wave ${wave}`);
      const { role } = new DeployRole(this, `Wave${wave}`, {
        ...{ name: names.role(wave), reach, issuer, providerArn, audience, subject, boundary },
      });
      if (provider !== undefined) role.node.addDependency(provider);
      new CfnOutput(this, roleOutput(wave), { value: role.roleArn });
    }
  }

  /** An account is told of an issuer once, here or elsewhere. */
  #provider({ issuer, audience, known }: DeployRoles): CfnOIDCProvider | undefined {
    if (known === true) return undefined;
    // Without a thumbprint: AWS judges the certificate of an issuer by whom it trusts itself.
    return new CfnOIDCProvider(this, "Issuer", { url: issuer, clientIdList: [audience] });
  }

  /**
   * The outer limit of all waves: it grants nothing, and no grant brings back what it leaves out, such
   * as identities, or to take on any role but those that the CDK deploys with.
   */
  #boundary({ boundary }: AccessNames, reaches: readonly WaveReach[]): ManagedPolicy {
    const actions = reaches.flatMap(deployRights).flatMap((right) => right.actions);
    const isOwn = (action: string) => action !== "sts:AssumeRole";
    const policy = new ManagedPolicy(this, "Boundary", {
      managedPolicyName: boundary,
      description: "Limit of the roles that deploy",
      statements: [
        { actions: ["sts:AssumeRole"], resources: reaches.flatMap(bootstrapRoles) },
        { actions: [...new Set(actions.filter(isOwn))].sort(), resources: ["*"] },
      ].map(policyStatement),
    });
    acknowledge(policy, "AwsSolutions-IAM5[Resource::*]");
    return policy;
  }
}
