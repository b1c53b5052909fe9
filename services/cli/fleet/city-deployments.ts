import type { CityDeployment } from "./deploy-ports.ts";

/** One stack of a city, as far as it is looked at. */
export interface StackLook {
  readonly name: string;
  readonly state: "absent" | "busy" | "settled" | "failed" | "broken";
  readonly said: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Where a city stands, from where each of its stacks stands. A change that was undone leaves the
 * city with what it ran before, which is for the wave engine to judge.
 *
 * @param release name of the output that says which release a stack was deployed with
 */
export function cityDeployment(stacks: readonly StackLook[], release: string): CityDeployment {
  const broken = stacks.find(({ state }) => state === "broken");
  if (stacks.some(({ state }) => state === "busy")) return { state: "busy" };
  if (broken !== undefined) return { state: "broken", reason: `${broken.name} ${broken.said}` };
  if (stacks.every(({ state }) => state === "absent")) return { state: "absent" };
  const versions = new Set(stacks.map(({ outputs }) => outputs[release]));
  const [version] = versions;
  return { state: "settled", version: versions.size === 1 ? version : undefined };
}
