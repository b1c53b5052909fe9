import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";

/** @throws for a name that no environment has */
export function environmentNamed(name: string): EnvironmentName {
  const found = Object.keys(ENVIRONMENTS).find((known) => known === name);
  if (found === undefined) {
    const known = Object.keys(ENVIRONMENTS).join(", ");
    throw new Error(`There is no environment "${name}"; there are ${known}.`);
  }
  // It was found among the keys.
  return found as EnvironmentName;
}
