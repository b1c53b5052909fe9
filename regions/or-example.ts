import { EXAMPLE_DEPLOYMENT } from "./deployment.example.ts";
import type { Deployment } from "./deployment.ts";

/**
 * A deployer's facts with the example's in place of those that are missing: to read, not to deploy. But
 * for the edge's store: nobody has to name it, so that a deployment without one is whole, and cities
 * that watch would be given the example's, in an account that is not theirs.
 */
export function orExample(given: Deployment): Deployment {
  const named = Object.entries(given).filter(([, fact]) => fact !== undefined);
  const facts: Deployment = { ...EXAMPLE_DEPLOYMENT, ...Object.fromEntries(named) };
  const vector = given.zone === undefined ? facts.vector : given.vector;
  return { ...facts, vector, accounts: { ...EXAMPLE_DEPLOYMENT.accounts, ...given.accounts } };
}
