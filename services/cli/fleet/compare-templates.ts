import { isDeepStrictEqual } from "node:util";

/** A CloudFormation template, as far as it is compared. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

/** One resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: unknown;
}

/** What a deployment would do to one stack; rows are `Type logicalId`, in order. */
export interface TemplateChange {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Of any resource: what only describes it. */
const DESCRIPTION = new Set(["Metadata"]);
/** Of a function: its code, which each release brings anew, changed or not. */
const CODE = "Code";
/** What a release names itself by, to who answers callers. */
const RELEASE = "EXOS_RELEASE";
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** A resource without what differs from one release to the next by itself. */
function substance(resource: TemplateResource): unknown {
  const isFunction = resource.Type === "AWS::Lambda::Function";
  const told = Object.entries(resource).filter(([field]) => !DESCRIPTION.has(field));
  const text = JSON.stringify(Object.fromEntries(told), (key, value: unknown) => {
    if (key === RELEASE || (isFunction && key === CODE)) return undefined;
    return typeof value === "string" ? value.replace(DIGEST, "@") : value;
  });
  return JSON.parse(text);
}

/** @param before as it is deployed; `undefined` where nothing is */
export function compareTemplates(before: Template | undefined, after: Template): TemplateChange {
  const [old, next] = [before?.Resources ?? {}, after.Resources ?? {}];
  const rows = (resources: typeof old, wanted: (id: string) => boolean): string[] =>
    Object.entries(resources)
      .filter(([id]) => wanted(id))
      .map(([id, { Type }]) => `${Type} ${id}`)
      .toSorted();
  const differs = (id: string): boolean => {
    const [was, is] = [old[id], next[id]];
    if (was === undefined || is === undefined) return false;
    return !isDeepStrictEqual(substance(was), substance(is));
  };
  return {
    created: rows(next, (id) => old[id] === undefined),
    changed: rows(next, differs),
    removed: rows(old, (id) => next[id] === undefined),
  };
}

/** Numbers of resources by their type, most first: `AWS::SQS::Queue` 7. */
export function countTypes(
  template: Template,
): readonly (readonly [type: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(template.Resources ?? {})) {
    counts.set(Type, (counts.get(Type) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}
