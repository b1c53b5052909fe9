import type { CityNames } from "#regions/city-names.ts";
import { type Handler, requestsOf, type Statement } from "./grants.ts";
import type { GrantFacts } from "./port-calls.ts";

interface Right {
  readonly action: string;
  readonly resource: string;
  /** Values of a condition key; `undefined` where the right is unconditional. */
  readonly only: { readonly key: string; readonly values: readonly string[] } | undefined;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

/** One right for an action on a resource: what is allowed anyway needs no condition. */
function widest(rights: readonly Right[]): Right[] {
  const free = rights.find(({ only }) => only === undefined);
  if (free !== undefined) return [free];
  return groupBy(rights, ({ only }) => only?.key ?? "").flatMap((same) => {
    const [first] = same;
    const { key } = first?.only ?? {};
    if (first === undefined || key === undefined) return [];
    return { ...first, only: { key, values: distinct(same.flatMap((r) => r.only?.values ?? [])) } };
  });
}

/**
 * The rights of a handler: exact actions on exact resources, as few statements as say the same.
 * Actions, resources and values of conditions are in alphabetical order.
 */
export function statementsOf(
  handler: Handler,
  names: CityNames,
  facts: GrantFacts = {},
): Statement[] {
  const rights = requestsOf(handler, facts).flatMap(({ actions, on, only }) =>
    actions.flatMap((action) =>
      on(names, facts).map((resource): Right => {
        const held = only && { key: only.key, values: only.values(names, facts) };
        return { action, resource, only: held };
      }),
    ),
  );
  const merged = groupBy(rights, ({ action, resource }) => `${action} ${resource}`).flatMap(widest);
  const ofResource = groupBy(merged, ({ resource, only }) => JSON.stringify([resource, only]));
  const statements = ofResource.map((group): Statement => {
    const actions = distinct(group.map(({ action }) => action));
    const resources = distinct(group.map(({ resource }) => resource));
    const only = group[0]?.only;
    return only === undefined ? { actions, resources } : { actions, resources, only };
  });
  return groupBy(statements, ({ actions, only }) => JSON.stringify([actions, only])).flatMap(
    (group) => {
      const [first] = group;
      if (first === undefined) return [];
      return { ...first, resources: distinct(group.flatMap(({ resources }) => resources)) };
    },
  );
}
