import type { CityReading } from "#shared/fleet/judge-fleet.ts";
import type { DeployState } from "./deploy-state.ts";

/** Where a city's stacks, or its container, stand. */
export type CityDeployment =
  /** Nothing was ever deployed, or it was destroyed. */
  | { readonly state: "absent" }
  /** On its way to something; look again. */
  | { readonly state: "busy" }
  /** At rest, running this version; `undefined` where whoever deployed it did not say. */
  | { readonly state: "settled"; readonly version: string | undefined }
  /** Neither forwards nor back without a hand. */
  | { readonly state: "broken"; readonly reason: string };

/**
 * What is deployed in each city, and the way to change it. Each call may be repeated: `deploy` to a
 * city that already goes to that version changes nothing.
 *
 * Implementations: `aws-deployments.ts`, over CloudFormation by the CDK's own program and the
 * repositories of images, and `external-deployments.ts`, over the channel that machines follow. Every
 * method throws StoreFault when the world failed.
 */
export interface Deployments {
  look(city: string): Promise<CityDeployment>;
  /** Begin, or go on, to bring a city to a stored version. Resolves when begun or done. */
  deploy(city: string, version: string): Promise<void>;
}

/** The one object that says what is being deployed, changed by compare-and-set. */
export interface DeployRecord {
  /** @returns `undefined` before the first deployment */
  read(): Promise<{ readonly state: DeployState; readonly tag: string } | undefined>;
  /**
   * @param tag of the state that is replaced; `undefined` for the first
   * @returns the tag of what was written; `undefined` when another writer was first
   */
  write(state: DeployState, tag: string | undefined): Promise<string | undefined>;
}

/** A city as it looks from outside, at one moment. */
export interface CityLook extends CityReading {
  readonly version: string | undefined;
  /** Whether the composite alarm of its wave is raised. */
  readonly alarm: boolean;
}

/** How cities look from outside. One that does not answer is looked at as well. */
export interface CityHealth {
  look(cities: readonly string[]): Promise<readonly CityLook[]>;
}
