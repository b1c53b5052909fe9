import { type PolicyRule, rulesOf } from "./policy-matcher.ts";
import { resourcesOf, type SynthesisedFleet } from "./synthesised-fleet.ts";

/** What stands for a resource that a template names by reference. */
export const REFERENCED = "arn:referenced";

/** Of a policy document, references as text. */
function withoutReferences(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document), (name, value: unknown) =>
    (name === "Resource" || /^\d+$/.test(name)) && isReference(value) ? REFERENCED : value,
  );
}

const isReference = (value: unknown): boolean =>
  typeof value === "object" && value !== null && ("Fn::GetAtt" in value || "Ref" in value);

/** Rules of what the handlers of a city may ask for, by handler; without what Lambda itself does. */
export function rolePolicies(
  fleet: SynthesisedFleet,
  code: string,
): ReadonlyMap<string, readonly PolicyRule[]> {
  const roles = new Map<string, readonly PolicyRule[]>();
  for (const { resource } of resourcesOf(fleet.stages.get(code))) {
    const { Properties = {} } = resource;
    if (resource.Type !== "AWS::IAM::Role" || Properties["RoleName"] === undefined) continue;
    const policies = Properties["Policies"] as readonly {
      readonly PolicyName: string;
      readonly PolicyDocument: unknown;
    }[];
    const calls = policies.filter(({ PolicyName }) => PolicyName === "calls");
    const name = String(Properties["RoleName"]).split("-").slice(3).join("-");
    if (calls.length === 0) continue;
    roles.set(
      name,
      calls.flatMap(({ PolicyDocument }) => rulesOf(withoutReferences(PolicyDocument))),
    );
  }
  return roles;
}

/** Each action on each resource with each value of its condition, as a rule of its own. */
export function singleRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  return rules.flatMap(({ effect, actions, resources, conditions }) =>
    actions.flatMap((action) =>
      resources.flatMap((resource) => {
        const one = { effect, actions: [action], resources: [resource] };
        const [condition] = conditions;
        if (condition === undefined) return [{ ...one, conditions: [] }];
        return condition.values.map((value) => ({
          ...one,
          conditions: [{ ...condition, values: [value] }],
        }));
      }),
    ),
  );
}
