import { CITY_STACKS, RELEASE_OUTPUT, RELEASED_STACK } from "#regions/city-outputs.ts";
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
 * @param stacks one for each of `CITY_STACKS`, in their order
 */
export function cityDeployment(stacks: readonly StackLook[]): CityDeployment {
  const broken = stacks.find(({ state }) => state === "broken");
  const busy = stacks.filter(({ state }) => state === "busy");
  if (busy.length > 0) {
    return { state: "busy", what: busy.map(({ name, said }) => `${name} ${said}`).join(", ") };
  }
  if (broken !== undefined) return { state: "broken", reason: `${broken.name} ${broken.said}` };
  if (stacks.every(({ state }) => state === "absent")) return { state: "absent" };
  const isWhole = stacks.every(({ state }) => state !== "absent");
  const version = stacks[CITY_STACKS.indexOf(RELEASED_STACK)]?.outputs[RELEASE_OUTPUT];
  return { state: "settled", version: isWhole ? version : undefined };
}
