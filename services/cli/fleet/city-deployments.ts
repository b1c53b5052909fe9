import type { StackState } from "#shared/adapters/aws/stack-states.ts";
import type { CityDeployment } from "./deploy-ports.ts";

/**
 * Where a city stands, from where each of its stacks stands. A change that was undone leaves the
 * city with what it ran before, which is for the wave engine to judge.
 *
 * @param release name of the output that says which release a stack was deployed with
 */
export function cityDeployment(stacks: readonly StackState[], release: string): CityDeployment {
  const broken = stacks.find(({ state }) => state === "broken");
  if (stacks.some(({ state }) => state === "busy")) return { state: "busy" };
  if (broken !== undefined) return { state: "broken", reason: `${broken.name} ${broken.said}` };
  if (stacks.every(({ state }) => state === "absent")) return { state: "absent" };
  const versions = new Set(stacks.map(({ outputs }) => outputs[release]));
  const [version] = versions;
  return { state: "settled", version: versions.size === 1 ? version : undefined };
}
