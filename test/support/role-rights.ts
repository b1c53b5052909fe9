import { sharedId } from "#infra/acknowledge.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { CITIES } from "#regions/fleet.ts";
import { local } from "#regions/local.ts";
import type { Resource, StackTemplate, SynthesisedFleet } from "./synthesised-fleet.ts";

/** One action of a role on one resource, in words that all cities share. */
export interface RoleRight {
  /** Its name after the city's; the logical id, without its digits, of one that has no name. */
  readonly role: string;
  readonly policy: string;
  readonly action: string;
  /** What a reference refers to is its log group's name, or the reference as text. */
  readonly resource: string;
  /** Values by condition key. */
  readonly conditions: Readonly<Record<string, readonly string[]>>;
}

interface TemplateStatement {
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface TemplatePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: { readonly Statement: readonly TemplateStatement[] };
}

const ACCOUNTS = Object.values(EXAMPLE_DEPLOYMENT.accounts);
const REGIONS = new Set([...CITIES, local].map(({ host }) => host.region));

const listOf = (value: unknown): readonly unknown[] => [value].flat();

/** A text of a template with what belongs to one city replaced, whichever city that is. */
function sharedText(text: string): string {
  let shared = text;
  for (const account of ACCOUNTS) {
    for (const region of REGIONS) {
      shared = sharedId(shared, { prefix: "<city>", account, region });
    }
  }
  return shared;
}

function textOf(value: unknown, { Resources }: StackTemplate): string {
  if (typeof value === "string") return sharedText(value);
  const [id] = listOf((value as { readonly "Fn::GetAtt"?: unknown })["Fn::GetAtt"]);
  const name = Resources[String(id)]?.Properties?.["LogGroupName"];
  return typeof name === "string" ? name : JSON.stringify(value);
}

function rightsOfRole(id: string, { Properties = {} }: Resource, stack: StackTemplate) {
  const name = String(Properties["RoleName"] ?? id.replace(/[0-9A-F]{8}$/, ""));
  // Of a role all policies are inline.
  const policies = (Properties["Policies"] ?? []) as readonly TemplatePolicy[];
  return policies.flatMap(({ PolicyName, PolicyDocument }) =>
    PolicyDocument.Statement.flatMap((statement) => {
      const conditions = Object.fromEntries(
        Object.values(statement.Condition ?? {}).flatMap((keys) =>
          Object.entries(keys).map(([key, values]) => [
            key,
            listOf(values).map((value) => textOf(value, stack)),
          ]),
        ),
      );
      return listOf(statement.Action)
        .map(String)
        .flatMap((action) =>
          listOf(statement.Resource).map((resource) => ({
            role: sharedText(name).replace("<city>-", ""),
            policy: PolicyName,
            action,
            resource: textOf(resource, stack),
            conditions,
          })),
        );
    }),
  );
}

/**
 * Every right of every role of a fleet's templates, whatever gives it to the role.
 * @throws for a policy that is not in its role, which would not be read
 */
export function rightsOf({ stages }: SynthesisedFleet): readonly RoleRight[] {
  return [...stages.values()].flatMap((stacks) =>
    [...stacks.values()].flatMap((stack) =>
      Object.entries(stack.Resources).flatMap(([id, resource]) => {
        const isBeside = /^AWS::IAM::(Role)?Policy$/.test(resource.Type);
        if (isBeside || resource.Properties?.["ManagedPolicyArns"] !== undefined) {
          throw new RangeError(`${id} is a policy that is not in its role`);
        }
        return resource.Type === "AWS::IAM::Role" ? rightsOfRole(id, resource, stack) : [];
      }),
    ),
  );
}
