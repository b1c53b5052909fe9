import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";

/**
 * What a city on an endpoint of this machine is deployed without, and why: the endpoint refuses the
 * type, and a refused type fails its whole stack. @source cloud.md 14.4
 */
export const LEFT_OUT = {
  "AWS::CloudWatch::CompositeAlarm": "gates waves; the endpoint does not know it",
  "AWS::Lambda::Function (web function)": "new, and not known to the endpoint",
  "edge stack": "one for the fleet, before real cities; the endpoint does not run its router",
  "access stack": "a pipeline deploys to accounts; the endpoint knows no issuer of its tokens",
  "AWS::Budgets::Budget": "nothing is billed; part of the edge stack",
  "answers that stream":
    "the endpoint hands them on in one piece, as functions there give them; those that are driven from here stream",
  "termination protection": "such a city is made to be removed",
  "deletion protection, retained tables and buckets": "the same: nothing of it is worth keeping",
} as const;

/** What a city goes without besides where its endpoint runs no functions. @source cloud.md 14 */
const LEFT_OUT_DRIVEN = {
  "functions, mappings, schedules, function URLs": "this program runs the same bundles by itself",
  "observe stack": "its alarms watch functions, and there are none",
  "roles of functions": "what runs them here has the credentials of the endpoint",
} as const;

/**
 * Types that LocalStack 4.14.0 reports as made and does not make: the deployment goes on without a
 * word, and only the stacks' events tell of it. A function is not told the name of what is not there.
 */
const LEFT_OUT_LOCALSTACK = {
  "AWS::ECS::Cluster": "said to be made, and is not; the peer process is started by this program",
  "AWS::ECS::TaskDefinition": "the same, and there is no schedule of what would start one",
  "AWS::ECS::Service": "the same",
  "a ceiling for writes alone":
    "its engine wants one for reads too, and is told that there is none; beyond 80,000 units in all, tables have none",
} as const;

/** What LocalStack has and does not do where it runs the functions itself. */
const LEFT_OUT_UNDRIVEN = {
  "AWS::Scheduler::Schedule":
    "kept, and starts nothing: a hint that is lost waits for the next block",
} as const;

/** What MiniStack accepts and does not act on: proved on templates, not there. @source cloud.md 14.1 */
const LEFT_OUT_MINISTACK = {
  "ECS tasks and services": "kept, and run nothing; the peer process is started by this program",
  "ceilings of writes, reserved concurrency, loop detection": "kept, and limit nothing",
  "time to live, life of objects, point-in-time recovery": "kept, and nothing comes of them",
  "leading keys, permission boundaries": "kept, and refuse nothing, with --roles neither",
  "what brings dead letters back":
    "not known (StartMessageMoveTask, ListMessageMoveTasks): `exos fleet redrive` is refused with EXOS-E8108",
} as const;

/** Of an endpoint that none of these answers at. */
const LEFT_OUT_UNKNOWN = {
  "what else the emulator lacks": "it is neither MiniStack nor LocalStack, and was not tried here",
} as const;

/** One of the things left out. */
export type LeftOut = keyof typeof LEFT_OUT;

/** Whether an environment goes without. */
export function leftOut(environment: EnvironmentName, _what: LeftOut): boolean {
  return !ENVIRONMENTS[environment].protected;
}

/** @param endpoint as the command names it, such as `localstack`; `undefined` on AWS */
export function isSkipped(
  endpoint: string | undefined,
  _what: keyof typeof LEFT_OUT_LOCALSTACK,
): boolean {
  return endpoint === "localstack";
}

// For programs that tell of it: `node infra/left-out.ts [ministack|localstack] [driven]`.
if (import.meta.main) {
  const words = process.argv.slice(2);
  const driven = words.includes("driven");
  const byEmulator: Readonly<Record<string, object>> = {
    ministack: LEFT_OUT_MINISTACK,
    localstack: { ...LEFT_OUT_LOCALSTACK, ...(!driven && LEFT_OUT_UNDRIVEN) },
  };
  const all = {
    ...LEFT_OUT,
    ...(driven && LEFT_OUT_DRIVEN),
    ...(byEmulator[words[0] ?? ""] ?? LEFT_OUT_UNKNOWN),
  };
  process.stdout.write(`${JSON.stringify(all)}\n`);
}
