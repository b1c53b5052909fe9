import type { AwsHost, City } from "#regions/city.ts";
import type { CityNames } from "#regions/city-names.ts";
import type { CityStack, DRIVEN_STACK } from "#regions/city-outputs.ts";
import type { Deployment } from "#regions/deployment.ts";

/** A city that is deployed to AWS. */
export type AwsCity = City & { readonly host: AwsHost };

/** What every stack of a city is made from. */
export interface CityContext {
  readonly city: AwsCity;
  readonly names: CityNames;
  /** Facts of the deployer, the example's where they are missing. */
  readonly deployment: Deployment;
  /** Folder with one folder per bundled function; `undefined` for stand-ins that refuse to run. */
  readonly bundles: string | undefined;
  /** Image of the container by digest, such as `…/exos-prod-syd-node@sha256:…`. */
  readonly image: string;
  /** What is deployed, as `exos fleet status` names it. */
  readonly release: string;
  /** Whether its functions stand in a stack of their own, which is read and not deployed. */
  readonly driven: boolean;
  /** What stands for AWS, such as `localstack`, where it lacks what functions would ask for. */
  readonly endpoint: string | undefined;
}

/** Name of a stack of a city. */
export function stackName(
  { prefix }: Pick<CityNames, "prefix">,
  stack: CityStack | typeof DRIVEN_STACK,
): string {
  return `${prefix}-${stack}`;
}
