import type { Violation } from "#shared/consensus/verdict.ts";

/** The first failure of one rule over many things, in their order. */
export function firstViolation<T>(
  things: readonly T[],
  rule: (thing: T) => Violation | undefined,
): Violation | undefined {
  for (const thing of things) {
    const found = rule(thing);
    if (found !== undefined) return found;
  }
  return undefined;
}
