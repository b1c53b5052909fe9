import { type GrantFacts, type PortCall, type Request, requestsOfCall } from "#infra/port-calls.ts";
import type { CityNames } from "#regions/city-names.ts";
import { allows, type PolicyRequest, type PolicyRule } from "./policy-matcher.ts";

export interface CallToCompare {
  /** What the call asked for, as IAM would judge it. */
  readonly asked: readonly PolicyRequest[];
  /** Calls that it makes on its way, whose requests are theirs. */
  readonly others: readonly PortCall[];
  readonly names: CityNames;
  readonly facts?: GrantFacts;
}

/** How IAM compares values of a condition key; the templates are compared with it elsewhere. */
const OPERATORS: Readonly<Record<string, string>> = { "ecs:cluster": "ArnEquals" };

/** Each action of a request on each resource and with each key, as a rule of its own. */
export function rulesOfCall(call: PortCall, names: CityNames, facts: GrantFacts): PolicyRule[] {
  return requestsOfCall(call).flatMap(({ actions, on, only }: Request) => {
    const values = only?.values(names, facts) ?? [undefined];
    return actions.flatMap((action) =>
      on(names, facts).flatMap((resource) =>
        values.map((value) => ({
          effect: "Allow" as const,
          actions: [action],
          resources: [resource],
          conditions:
            value === undefined || only === undefined
              ? []
              : [
                  {
                    operator: OPERATORS[only.key] ?? "ForAllValues:StringLike",
                    key: only.key,
                    values: [value],
                  },
                ],
        })),
      ),
    );
  });
}

/** Of the second digit of a number; requests in tests have one. */
export const isOfLaterNumbers = ({ resources: [resource = ""] }: PolicyRule): boolean =>
  resource.endsWith("-g??");
/** S3 asks for it by itself, to tell an object that is absent from one that is forbidden. */
const isImplied = ({ actions }: PolicyRule) => actions.includes("s3:ListBucket");
/** DynamoDB makes these requests itself, as whoever asked for an import: it reads, and it logs. */
const isOfImport = ({ actions: [action = ""], resources: [resource = ""] }: PolicyRule) =>
  action.startsWith("logs:") || (action === "s3:GetObject" && resource.includes("/snapshots/"));

/** Both ways: what was asked for and is not granted, and what is granted and was not asked for. */
export function compareCall(
  call: PortCall,
  { asked, others, names, facts = {} }: CallToCompare,
): { readonly refused: unknown[]; readonly unused: unknown[] } {
  const rules = rulesOfCall(call, names, facts);
  const beside = others.flatMap((other) => rulesOfCall(other, names, facts));
  const isUsed = (rule: PolicyRule) => asked.some((request) => allows([rule], request));
  return {
    refused: asked.filter((request) => !allows([...rules, ...beside], request)),
    unused: rules.filter(
      (rule) => !isImplied(rule) && !isOfImport(rule) && !isOfLaterNumbers(rule) && !isUsed(rule),
    ),
  };
}
