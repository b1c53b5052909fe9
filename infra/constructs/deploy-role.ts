import { Duration } from "aws-cdk-lib";
import {
  type IManagedPolicy,
  PolicyDocument,
  Role,
  WebIdentityPrincipal,
} from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { acknowledgeWildcards } from "#infra/acknowledge.ts";
import { deployRights } from "#infra/deploy-rights.ts";
import { policyStatement } from "#infra/policy-statement.ts";
import type { WaveReach } from "#infra/wave-reach.ts";
import { EDGE_REGION } from "#regions/edge-names.ts";

/** Machines outside AWS have 46 minutes to follow, and each wave is watched for twenty. */
const SESSION = Duration.hours(2);

export interface DeployRoleProps {
  readonly name: string;
  readonly reach: WaveReach;
  /** Issuer as the conditions name it, without `https://`. */
  readonly issuer: string;
  readonly providerArn: string;
  readonly audience: string;
  readonly subject: string;
  readonly boundary: IManagedPolicy;
}

/** The role of whoever deploys one wave, by a token for exactly this audience, of exactly this subject. */
export class DeployRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: DeployRoleProps) {
    super(scope, id);
    const { name, reach, issuer, providerArn, audience, subject, boundary } = props;
    const rights = deployRights(reach);
    this.role = new Role(this, "Role", {
      roleName: name,
      description: `Deploys wave ${reach.wave}: exos fleet deploy --wave ${reach.wave}`,
      assumedBy: new WebIdentityPrincipal(providerArn, {
        StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: subject },
      }),
      maxSessionDuration: SESSION,
      permissionsBoundary: boundary,
      inlinePolicies: {
        deploys: new PolicyDocument({ statements: rights.map(policyStatement) }),
      },
    });
    const names = { prefix: reach.edge.prefix, account: reach.account, region: EDGE_REGION };
    acknowledgeWildcards(this.role, rights, names);
  }
}
