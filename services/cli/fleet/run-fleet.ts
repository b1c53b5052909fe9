import { DEPLOYMENT } from "#regions/deployment.ts";
import { missingFacts } from "#regions/missing-facts.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { chosenCities } from "./chosen-cities.ts";
import { composeFleet } from "./compose-fleet.ts";
import { environmentOf } from "./environment-of.ts";
import { costLines, costOf, planCity, planLines } from "./plan-fleet.ts";
import { synthesiseTemplates } from "./read-assembly.ts";
import { readPrinted } from "./read-printed.ts";

const printer =
  ({ terminal, json }: CommandContext) =>
  (schema: string, document: object, lines: readonly string[]): void => {
    if (json) terminal.out(JSON.stringify({ schema, ...document }));
    else for (const line of lines) terminal.out(line);
  };

/** `exos fleet cost`: an idle month of each city, line by line, from the templates. */
export async function runCost(context: CommandContext): Promise<ExitCode> {
  const fleet = environmentOf(context);
  const templates = await synthesiseTemplates(fleet, context);
  const costs = chosenCities(fleet, context).map((city) => costOf(city, templates.get(city.code)));
  printer(context)("exos.fleet-cost.v1", { cities: costs }, costLines(costs));
  return EXIT.done;
}

/**
 * `exos fleet plan`: what would be created, changed and paid. Compared with what stands where there
 * are facts and credentials to ask; else everything is to be created, and what is missing is named.
 */
export async function runPlan(context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const fleet = environmentOf(context);
  const cities = chosenCities(fleet, context);
  const missing = missingFacts(DEPLOYMENT, fleet, cities);
  const say = (line: string) => terminal.err(line);
  const tools =
    missing.length > 0
      ? undefined
      : await composeFleet({ ...context, fleet, cities, deployment: DEPLOYMENT, say });
  const printed = tools && (await readPrinted(fleet, tools));
  const templates = await synthesiseTemplates(fleet, context, printed);
  const plans = [];
  for (const city of cities) {
    const deployed = city.host.kind === "aws" ? ((await tools?.templatesOf(city.code)) ?? []) : [];
    plans.push(planCity(city, templates.get(city.code), deployed));
  }
  const lines = [
    ...planLines(plans),
    ...(missing.length === 0
      ? []
      : ["", "Before it can be deployed, regions/deployment.ts needs:"]),
    ...missing.map((fact) => `  ${fact}`),
    ...(missing.length === 0
      ? []
      : ["and each account and region once: npx cdk bootstrap aws://ACCOUNT/REGION"]),
  ];
  printer(context)("exos.fleet-plan.v1", { cities: plans, missing }, lines);
  return EXIT.done;
}

/** `exos fleet destroy --city CITY --confirm CITY`: remove its stacks, and say what stays. */
export async function runDestroy(context: CommandContext): Promise<ExitCode> {
  const { options, terminal } = context;
  const fleet = environmentOf(context);
  const [city, ...more] = chosenCities(fleet, context);
  if (city === undefined || more.length > 0) {
    throw new CommandFailure("one city is destroyed at a time: --city CITY", {
      code: "EXOS-E8007",
      exit: EXIT.usage,
    });
  }
  if (options["confirm"] !== city.code) {
    throw new CommandFailure(`this removes ${city.name} from ${fleet}`, {
      code: "EXOS-E8007",
      exit: EXIT.needsConfirmation,
    });
  }
  const say = (line: string) => terminal.err(line);
  const cities = [city];
  const tools = await composeFleet({ ...context, fleet, cities, deployment: DEPLOYMENT, say });
  await tools.destroy(city.code);
  const left = await tools.survivors(city.code);
  printer(context)("exos.fleet-destroy.v1", { city: city.code, left }, [
    `${city.name} is removed from ${fleet}.`,
    left.length === 0 ? "Nothing of it is left." : "Left, because it is kept on purpose:",
    ...left.map((name) => `  ${name}`),
  ]);
  return EXIT.done;
}
