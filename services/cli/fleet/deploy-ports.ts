import type { CityReading } from "#shared/fleet/judge-fleet.ts";
import type { DeployState } from "./deploy-state.ts";

/** Where a city's stacks, or its container, stand. */
export type CityDeployment =
  /** Nothing was ever deployed, or it was destroyed. */
  | { readonly state: "absent" }
  /** On its way to something; look again. `what` is waited for, for people. */
  | { readonly state: "busy"; readonly what: string }
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

/** What a city says of itself, at one moment. */
export interface CitySaying extends CityReading {
  readonly version: string | undefined;
}

/** A city as it looks from outside. */
export interface CityLook extends CitySaying {
  /** Names of its alarms that are raised. */
  readonly alarms: readonly string[];
}

/** How cities look from outside. One that does not answer is looked at as well. */
export interface CityHealth {
  look(cities: readonly string[]): Promise<readonly CityLook[]>;
  /**
   * What all other cities of the fleet say that callers reach by its edge. Nothing is asked of AWS:
   * whoever deploys a wave may ask there for his own cities alone.
   */
  askOthers(than: readonly string[]): Promise<readonly CitySaying[]>;
}

/**
 * Objects of the release bucket by their key. Implementation: `compose-fleet.ts`, over S3. Every
 * method throws StoreFault when the world failed.
 */
export interface ReleaseObjects {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @returns `undefined` when there is none */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keys that begin with a prefix, in order. */
  list(prefix: string): Promise<readonly string[]>;
  drop(key: string): Promise<void>;
}
