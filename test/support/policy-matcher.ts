/** A statement of a policy, as IAM has it, in lists. */
export interface PolicyRule {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

/** One request, as IAM judges it. */
export interface PolicyRequest {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys, such as the leading keys of the items that are named. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");

/** `*` is any text, `?` one character; everything else is itself. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === "*") return ".*";
    return part === "?" ? "." : part.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`, "s").test(text);
}

function holds(
  { operator, key, values }: PolicyRule["conditions"][number],
  context: PolicyRequest["context"],
): boolean {
  const given = context?.[key] ?? [];
  const same = /Like$|^Arn/.test(operator.replace(/^ForAllValues:/, ""))
    ? (value: string) => values.some((pattern) => matchesPattern(pattern, value))
    : (value: string) => values.includes(value);
  // As IAM has it: a condition for all values holds where there is none.
  if (operator.startsWith("ForAllValues:")) return given.every(same);
  if (/Not/.test(operator)) throw new RangeError(`${operator} is not judged here`);
  return given.some(same);
}

function applies(rule: PolicyRule, { action, resource, context }: PolicyRequest): boolean {
  const isAction = (pattern: string) => matchesPattern(pattern.toLowerCase(), action.toLowerCase());
  return (
    rule.actions.some(isAction) &&
    rule.resources.some((pattern) => matchesPattern(pattern, resource)) &&
    rule.conditions.every((condition) => holds(condition, context))
  );
}

/** Whether a policy allows a request: some rule allows it, and none denies it. */
export function allows(rules: readonly PolicyRule[], request: PolicyRequest): boolean {
  const applying = rules.filter((rule) => applies(rule, request));
  return applying.length > 0 && applying.every(({ effect }) => effect === "Allow");
}

/** The rules of a policy document of a template; a resource that is a reference is left out. */
export function rulesOf(document: unknown): PolicyRule[] {
  const { Statement = [] } = document as { readonly Statement?: readonly object[] };
  return Statement.map((statement) => {
    const fields = statement as Readonly<Record<string, unknown>>;
    const conditions = Object.entries(fields["Condition"] ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys as Readonly<Record<string, unknown>>).map(([key, values]) => ({
        operator,
        key,
        values: listOf(values),
      })),
    );
    return {
      effect: fields["Effect"] === "Deny" ? "Deny" : "Allow",
      actions: listOf(fields["Action"]),
      resources: listOf(fields["Resource"]),
      conditions,
    };
  });
}
