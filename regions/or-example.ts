import { EXAMPLE_DEPLOYMENT } from "./deployment.example.ts";
import type { Deployment } from "./deployment.ts";

/** A deployer's facts with the example's in place of those that are missing: to read, not to deploy. */
export function orExample(given: Deployment): Deployment {
  const named = Object.entries(given).filter(([, fact]) => fact !== undefined);
  const facts: Deployment = { ...EXAMPLE_DEPLOYMENT, ...Object.fromEntries(named) };
  return { ...facts, accounts: { ...EXAMPLE_DEPLOYMENT.accounts, ...given.accounts } };
}
