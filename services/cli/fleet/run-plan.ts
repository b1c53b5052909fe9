import type { City } from "#regions/city.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { missingFacts } from "#regions/missing-facts.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { askedFleet } from "./asked-fleet.ts";
import { chosenCities } from "./chosen-cities.ts";
import { composeFleet, type FleetOptions, type FleetTools } from "./compose-fleet.ts";
import { costLines, missingLines, planLines } from "./describe-plan.ts";
import { quotasNeeded, type RegionReading, readRegion } from "./fleet-quotas.ts";
import {
  type CityPlan,
  costOf,
  costOfStage,
  planCity,
  planShared,
  SHARED_STAGES,
} from "./plan-fleet.ts";
import { type FleetTemplates, synthesiseTemplates } from "./read-assembly.ts";
import { readPrinted } from "./read-printed.ts";

/** `exos fleet cost`: an idle month of each city and of what stands beside them, line by line. */
export async function runCost(context: CommandContext): Promise<ExitCode> {
  const { terminal, json } = context;
  const { fleet } = askedFleet(context);
  const cities = chosenCities(fleet, context);
  const templates = await synthesiseTemplates(fleet, context, { cities: partOf(context, cities) });
  const costs = cities.map((city) => costOf(city, templates.get(city.code)));
  const shared = sharedOf(templates).map(([stage, made]) => costOfStage(stage, made));
  const all = [...costs, ...shared];
  if (json) terminal.out(JSON.stringify({ schema: "exos.fleet-cost.v1", cities: all }));
  else for (const line of costLines(all)) terminal.out(line);
  return EXIT.done;
}

/** Letters of those that are on AWS, where not all cities are spoken of. */
function partOf(
  { options }: Pick<CommandContext, "options">,
  cities: readonly City[],
): readonly string[] | undefined {
  if (options["city"] === undefined && options["wave"] === undefined) return undefined;
  return cities.filter(({ host }) => host.kind === "aws").map(({ code }) => code);
}

/** What stands beside the cities: spoken of where all of them are, and where there is such a thing. */
function sharedOf(templates: FleetTemplates) {
  return SHARED_STAGES.flatMap((stage) => {
    const made = templates.get(stage);
    return made === undefined ? [] : [[stage, made] as const];
  });
}

/**
 * `exos fleet plan`: what would be created, changed and paid. Compared with what stands where there
 * are facts and credentials to ask; else everything is to be created, and what is missing is named.
 */
export async function runPlan(context: CommandContext): Promise<ExitCode> {
  const { terminal, json } = context;
  const asked = askedFleet(context);
  const { fleet, deployment, say } = asked;
  const cities = chosenCities(fleet, context);
  const missing = missingFacts(deployment, fleet, cities);
  const tools = missing.length > 0 ? undefined : await openStanding(asked);
  const printed = tools && (await readPrinted(fleet, tools));
  const templates = await synthesiseTemplates(fleet, context, {
    cities: partOf(context, cities),
    printed,
  });
  const plans: CityPlan[] = [];
  for (const city of cities) {
    plans.push(planCity(city, await standingOf(city, { fleet, tools, templates, say })));
  }
  for (const [stage, made] of sharedOf(templates)) {
    const deployed = [await tools?.sharedTemplate(stage)];
    plans.push(planShared(stage, { templates: made, deployed }));
  }
  if (json) {
    terminal.out(JSON.stringify({ schema: "exos.fleet-plan.v1", cities: plans, missing }));
    return EXIT.done;
  }
  const first = cities.find(({ host }) => host.kind === "aws");
  const needs = first && quotasNeeded(templates.get(first.code) ?? []);
  for (const line of [...planLines(plans), ...missingLines(missing, needs ?? [])]) {
    terminal.out(line);
  }
  return EXIT.done;
}

interface Asking {
  readonly fleet: EnvironmentName;
  readonly tools: FleetTools | undefined;
  readonly templates: FleetTemplates;
  say(line: string): void;
}

/**
 * What stands; `undefined` where AWS is not reached or knows nobody with these credentials.
 *
 * @throws CommandFailure `EXOS-E8009` with credentials of another account
 */
async function openStanding(asked: FleetOptions): Promise<FleetTools | undefined> {
  try {
    return await composeFleet(asked);
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    asked.say(`compared with nothing: ${cause.message}`);
    return undefined;
  }
}

async function standingOf(city: City, asking: Asking) {
  const { tools, templates } = asking;
  const made = templates.get(city.code);
  if (city.host.kind !== "aws" || tools === undefined) return { templates: made, deployed: [] };
  const deployed = await tools.templatesOf(city.code);
  return { templates: made, deployed, region: await regionOf(city, asking) };
}

/** Quotas that may not be read are no reason to have no plan. */
async function regionOf(
  city: City,
  { fleet, tools, templates, say }: Asking,
): Promise<RegionReading | undefined> {
  const { region } = city.host;
  if (tools === undefined || !ENVIRONMENTS[fleet].protected) return undefined;
  try {
    const needs = quotasNeeded(templates.get(city.code) ?? []);
    return await readRegion(region, needs, tools.limitsOf(region));
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    say(`${city.code}: its quotas are not known: ${cause.message}`);
    return undefined;
  }
}
