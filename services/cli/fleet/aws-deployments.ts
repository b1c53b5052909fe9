import { type CITY_STACKS, UNRELEASED } from "#regions/city-outputs.ts";
import type { ImageRegistry } from "#shared/ports/image-registry.ts";
import { cityDeployment, type StackLook } from "./city-deployments.ts";
import type { Deployments, ReleaseObjects } from "./deploy-ports.ts";
import { pushImage } from "./push-image.ts";
import { findImage } from "./stored-image.ts";

/** What AWS cities are deployed with. Every method throws when the world failed. */
export interface AwsDeploymentDeps {
  readonly objects: Pick<ReleaseObjects, "get">;
  /** How the stacks of a city stand, in the order of `CITY_STACKS`. */
  stacksOf(city: string): Promise<readonly StackLook[]>;
  /** Deploy the stored stacks of a city, all of them or one alone, to the end. */
  deployStacks(city: string, version: string, only?: (typeof CITY_STACKS)[number]): Promise<void>;
  /** Take the rules out of the group that every network is given. */
  emptyDefaultGroup(city: string): Promise<void>;
  /** The repository of a city's image. */
  registryOf(city: string): ImageRegistry;
  say(line: string): void;
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * Cities whose stacks are deployed: the image first, since a task that finds none falls back, then
 * everything. A new city gets its storage before that, which has the repository.
 */
export function createAwsDeployments(deps: AwsDeploymentDeps): Deployments {
  const { objects, say } = deps;
  const running = new Set<string>();
  const failed = new Set<string>();

  async function bring(city: string, version: string): Promise<void> {
    const image = await findImage(version, objects);
    if (image !== undefined) {
      const push = () =>
        pushImage({ version, image }, { objects, registry: deps.registryOf(city) });
      let pushed = await push();
      if (pushed === "no repository") {
        await deps.deployStacks(city, version, "storage");
        pushed = await push();
      }
      if (pushed === "pushed") say(`${city}: the image is in its repository`);
      if (pushed === "no repository") throw new RangeError("its storage brought no repository");
    }
    await deps.deployStacks(city, version);
    // No task is in that group: the city runs whatever becomes of it, and the next deployment tries again.
    await deps.emptyDefaultGroup(city).catch((cause: unknown) => {
      say(`${city}: its default group keeps its rules: ${textOf(cause)}`);
    });
  }

  return {
    async look(city) {
      if (running.has(city)) return { state: "busy", what: "its image and stacks go there" };
      const found = cityDeployment(await deps.stacksOf(city));
      const isHalf = found.state === "settled" && failed.has(city);
      // Made by hand, it is no release that one could go back to.
      const isNone = found.state === "settled" && found.version === UNRELEASED;
      return isHalf || isNone ? { state: "settled", version: undefined } : found;
    },
    async deploy(city, version) {
      if (running.has(city)) return;
      running.add(city);
      failed.delete(city);
      // Not waited for: who deploys a wave looks at all its cities meanwhile.
      void bring(city, version)
        .catch((cause: unknown) => {
          failed.add(city);
          say(`${city}: ${textOf(cause)}`);
        })
        .then(() => running.delete(city));
    },
  };
}
