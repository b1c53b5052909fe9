import { type PolicyRule, rulesOf } from "./policy-matcher.ts";
import { productionFleet, resourcesOf } from "./synthesised-fleet.ts";

/** What whoever deploys a wave may ask for, and the limit of all of them. */
export interface DeployPolicy {
  readonly wave: number;
  readonly rules: readonly PolicyRule[];
  readonly boundary: readonly PolicyRule[];
}

/** Of the fleet as it is synthesised for production, in the order of the waves. */
export function deployPolicies(): readonly DeployPolicy[] {
  const resources = resourcesOf(productionFleet().stages.get("access")).map(
    ({ resource }) => resource,
  );
  const boundary = resources
    .filter(({ Type }) => Type === "AWS::IAM::ManagedPolicy")
    .flatMap(({ Properties }) => rulesOf(Properties?.["PolicyDocument"]));
  return resources
    .filter(({ Type }) => Type === "AWS::IAM::Role")
    .map(({ Properties = {} }) => {
      const policies = Properties["Policies"] as readonly { readonly PolicyDocument: unknown }[];
      const rules = policies.flatMap(({ PolicyDocument }) => rulesOf(PolicyDocument));
      return { wave: Number(String(Properties["RoleName"]).split("-").at(-1)), rules, boundary };
    });
}
