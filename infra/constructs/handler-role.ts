import { ManagedPolicy, PolicyDocument, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { acknowledgeWildcards } from "#infra/acknowledge.ts";
import type { Handler, Statement } from "#infra/grants.ts";
import { policyStatement } from "#infra/policy-statement.ts";
import type { GrantFacts } from "#infra/port-calls.ts";
import { statementsOf } from "#infra/statements-of.ts";
import type { CityNames } from "#regions/city-names.ts";

export interface HandlerRoleProps {
  readonly handler: Handler;
  readonly names: CityNames;
  readonly facts: GrantFacts;
  /** What the service that runs the handler does with its role: its mapping, its log, its dead events. */
  readonly service: readonly Statement[];
  readonly assumedBy: "lambda.amazonaws.com" | "ecs-tasks.amazonaws.com";
}

/** The role of one handler, within the city's boundary; nobody adds to it afterwards. */
export class HandlerRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: HandlerRoleProps) {
    super(scope, id);
    const { handler, names, facts, service, assumedBy } = props;
    const boundary = `arn:aws:iam::${names.account}:policy/${names.prefix}-boundary`;
    const statements = statementsOf(handler, names, facts);
    this.role = new Role(this, "Role", {
      roleName: `${names.prefix}-${handler}`,
      assumedBy: new ServicePrincipal(assumedBy),
      permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(this, "Boundary", boundary),
      inlinePolicies: {
        calls: new PolicyDocument({
          statements: statements.map(policyStatement),
        }),
        ...(service.length > 0 && {
          service: new PolicyDocument({ statements: service.map(policyStatement) }),
        }),
      },
    });
    acknowledgeWildcards(this.role, [...statements, ...service], names);
  }
}
