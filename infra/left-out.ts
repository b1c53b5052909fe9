import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";

/**
 * What a city on an endpoint of this machine is deployed without, and why: the endpoint refuses the
 * type, and a refused type fails its whole stack. @source cloud.md 14.4
 */
export const LEFT_OUT = {
  "AWS::CloudWatch::CompositeAlarm": "gates waves; the endpoint does not know it",
  "AWS::Lambda::Function (web function)": "new, and not known to the endpoint",
  "edge stack": "one for the fleet, before real cities; the endpoint does not run its router",
  "AWS::Budgets::Budget": "nothing is billed; part of the edge stack",
  "answers that stream": "the endpoint hands them on in one piece, as functions there give them",
  "termination protection": "such a city is made to be removed",
  "deletion protection, retained tables and buckets": "the same: nothing of it is worth keeping",
} as const;

/** One of the things left out. */
export type LeftOut = keyof typeof LEFT_OUT;

/** Whether an environment goes without. */
export function leftOut(environment: EnvironmentName, _what: LeftOut): boolean {
  return !ENVIRONMENTS[environment].protected;
}

// For programs that tell of it.
if (import.meta.main) process.stdout.write(`${JSON.stringify(LEFT_OUT)}\n`);
