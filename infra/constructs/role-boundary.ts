import { Effect, ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { acknowledge } from "#infra/acknowledge.ts";
import { grantedActions } from "#infra/port-calls.ts";
import type { CityNames } from "#regions/city-names.ts";

/** What Lambda, ECS and their logs do with a role, whatever its handler does. */
const SERVICES = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:GetAuthorizationToken",
  "ecr:GetDownloadUrlForLayer",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:ReceiveMessage",
  "sqs:SendMessage",
];

/** Said twice, since these would be missed the most. */
const FORBIDDEN = ["dynamodb:DeleteTable"];

/**
 * The outer limit of every role of a city: no identity, no administration of keys, no action that
 * no handler makes. It grants nothing, and what it leaves out no grant can bring back.
 * @source cloud.md 9.1
 */
export class RoleBoundary extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { prefix, region, account, tables }: CityNames) {
    super(scope, id);
    this.policy = new ManagedPolicy(this, "Policy", {
      managedPolicyName: `${prefix}-boundary`,
      description: `Limit of the runtime roles of ${prefix}`,
      statements: [
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: [...new Set([...SERVICES, ...grantedActions()])].sort(),
          resources: ["*"],
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: FORBIDDEN,
          resources: [tables.chain, `${prefix}-market`].map(
            (table) => `arn:aws:dynamodb:${region}:${account}:table/${table}`,
          ),
        }),
      ],
    });
    acknowledge(this.policy, "AwsSolutions-IAM5[Resource::*]");
  }
}
