import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Statement } from "./grants.ts";

/** How IAM compares the values of a condition key. */
const OPERATORS: Readonly<Record<string, string>> = {
  "dynamodb:LeadingKeys": "ForAllValues:StringLike",
  "ecs:cluster": "ArnEquals",
  "route53:ChangeResourceRecordSetsNormalizedRecordNames": "ForAllValues:StringEquals",
};

/** A part of a role as the CDK has it. */
export function policyStatement({ actions, resources, only }: Statement): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(only && {
      conditions: { [OPERATORS[only.key] ?? "StringEquals"]: { [only.key]: only.values } },
    }),
  });
}
