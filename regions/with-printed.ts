import type { Deployment } from "./deployment.ts";

/** What deployments print, and later ones are given. */
export interface PrintedFacts {
  /** Hosts of functions that answer, as `Deployment.origins` has them. */
  readonly origins: Readonly<Record<string, string>>;
  /** As `Deployment.vector` is; `undefined` before the edge was deployed. */
  readonly vector?: string | undefined;
}

/**
 * A deployer's facts with those that are printed. What is printed wins: a function answers to its own
 * host alone, and there is one store.
 */
export function withPrinted(given: Deployment, { origins, vector }: PrintedFacts): Deployment {
  return {
    ...given,
    origins: { ...given.origins, ...origins },
    vector: vector ?? given.vector,
  };
}
