import * as z from "zod";
import type { PricedResource, PricedTemplate } from "./priced-template.ts";

/** A quota, and what a city wants of it. */
export interface QuotaNeed {
  /** As the service of quotas writes it, such as `lambda`. */
  readonly service: string;
  /** Such as `L-B99A9384`. */
  readonly code: string;
  /** What it limits, for people. */
  readonly limits: string;
  readonly least: number;
}

/** What an account may do in a region. Every method throws StoreFault when the world failed. */
export interface RegionLimits {
  /** @returns in the quota's own unit; `undefined` where AWS does not say */
  limitOf(quota: Pick<QuotaNeed, "service" | "code">): Promise<number | undefined>;
  /** Whether the account uses the region; some have to be asked for first. */
  isOpen(region: string): Promise<boolean>;
}

/** A need beside what the account has; `undefined`: AWS did not say. */
export interface QuotaReading extends QuotaNeed {
  readonly found: number | undefined;
}

/** What an account lacks in a city's region before the city can stand there. */
export interface RegionReading {
  readonly isOpen: boolean;
  readonly quotas: readonly QuotaReading[];
}

/** What Lambda keeps back from reservations for functions without one. */
const UNRESERVED = 100;
/** A new task of a service runs before the old one ends. */
const TASKS_OF_SERVICE = 2;
/** A table of a new generation stands beside that which it replaces: of coins and of the index. */
const TABLES_BESIDE = 2;
const CPU_UNITS = 1_024;

const REF = z.object({ Ref: z.string() });
const PROVIDERS = z.array(z.object({ CapacityProvider: z.string() }));
const STARTED = z.object({
  EcsParameters: z.object({ TaskDefinitionArn: REF, CapacityProviderStrategy: PROVIDERS }),
});
const isSpot = (strategy: unknown): boolean =>
  (PROVIDERS.safeParse(strategy).data ?? []).some((one) => one.CapacityProvider.endsWith("_SPOT"));

type Resources = readonly (readonly [id: string, resource: PricedResource])[];

const ofType = (resources: Resources, type: string): Resources =>
  resources.filter(([, { Type }]) => Type === type);

/** Processors at once, 1,024 to each: a service that is on Spot falls back to the other. */
function processorsOf(resources: Resources): { readonly spot: number; readonly onDemand: number } {
  const cpuOf = new Map(
    ofType(resources, "AWS::ECS::TaskDefinition").map(
      ([id, { Properties = {} }]) => [id, Number(Properties["Cpu"])] as const,
    ),
  );
  const sum = { spot: 0, onDemand: 0 };
  const take = (task: unknown, count: number, ways: readonly (keyof typeof sum)[]): void => {
    const { Ref } = REF.parse(task);
    for (const way of ways) sum[way] += (cpuOf.get(Ref) ?? 0) * count;
    cpuOf.delete(Ref);
  };
  for (const [, { Properties = {} }] of ofType(resources, "AWS::ECS::Service")) {
    const runs = Properties["DesiredCount"] !== 0;
    const ways = isSpot(Properties["CapacityProviderStrategy"]) ? BOTH : ON_DEMAND;
    take(Properties["TaskDefinition"], runs ? TASKS_OF_SERVICE : 1, ways);
  }
  for (const [, { Properties = {} }] of ofType(resources, "AWS::Scheduler::Schedule")) {
    const started = STARTED.safeParse(Properties["Target"]).data?.EcsParameters;
    if (started === undefined) continue;
    const ways = isSpot(started.CapacityProviderStrategy) ? SPOT : ON_DEMAND;
    take(started.TaskDefinitionArn, 1, ways);
  }
  // What is left is run by a command, and that on demand.
  for (const cpu of cpuOf.values()) sum.onDemand += cpu;
  return sum;
}

const BOTH = ["spot", "onDemand"] as const;
const SPOT = ["spot"] as const;
const ON_DEMAND = ["onDemand"] as const;

/** What a city's templates want of its account in its region. @source cloud.md 11 */
export function quotasNeeded(templates: readonly PricedTemplate[]): readonly QuotaNeed[] {
  const resources = templates.flatMap((template) => Object.entries(template.Resources));
  const reserved = ofType(resources, "AWS::Lambda::Function")
    .map(([, { Properties = {} }]) => Number(Properties["ReservedConcurrentExecutions"] ?? 0))
    .reduce((sum, one) => sum + one, 0);
  const { spot, onDemand } = processorsOf(resources);
  const tables = ofType(resources, "AWS::DynamoDB::GlobalTable").length + TABLES_BESIDE;
  return [
    {
      ...{ service: "lambda", code: "L-B99A9384", limits: "functions at once" },
      least: reserved + UNRESERVED,
    },
    {
      ...{ service: "fargate", code: "L-36FBB829", limits: "processors of tasks on Spot" },
      least: spot / CPU_UNITS,
    },
    {
      ...{ service: "fargate", code: "L-3032A538", limits: "processors of tasks on demand" },
      least: onDemand / CPU_UNITS,
    },
    { service: "dynamodb", code: "L-F98FE922", limits: "tables", least: tables },
  ];
}

/** Ask an account what it may do in a region. */
export async function readRegion(
  region: string,
  needs: readonly QuotaNeed[],
  limits: RegionLimits,
): Promise<RegionReading> {
  const isOpen = await limits.isOpen(region);
  const quotas: QuotaReading[] = [];
  for (const need of isOpen ? needs : []) {
    quotas.push({ ...need, found: await limits.limitOf(need) });
  }
  return { isOpen, quotas };
}

const named = ({ service, code, limits, least }: QuotaNeed): string =>
  `${limits}: ${least} (${service} ${code})`;

/** What has to be asked for, a line each; nothing where all is well. */
export function regionLines({ isOpen, quotas }: RegionReading): string[] {
  if (!isOpen) return ["the account does not use this region yet: enable it first"];
  return quotas.flatMap((need) => {
    if (need.found === undefined) return [`AWS does not say its limit on ${named(need)}`];
    return need.found < need.least ? [`ASK FOR ${named(need)}, has ${need.found}`] : [];
  });
}

/** What has to be asked for wherever nobody could be asked what there is. */
export function needLines(needs: readonly QuotaNeed[]): string[] {
  return ["and in each account and region, at least:", ...needs.map((need) => `  ${named(need)}`)];
}
