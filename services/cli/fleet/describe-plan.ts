import { EDGE_REGION } from "#regions/edge-names.ts";
import { needLines, type QuotaNeed, regionLines } from "./fleet-quotas.ts";
import { type CityCost, type CityPlan, SHARED_STAGES } from "./plan-fleet.ts";
import { sumOf } from "./price-templates.ts";

const CENT = 0.01;

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** A plan as lines for people: each city, what those that are new consist of, and the sum. */
export function planLines(plans: readonly CityPlan[]): string[] {
  return [...plans.flatMap(cityLines), "", ...newLines(plans), sumLine(plans), ...NOTES, RELEASED];
}

function cityLines(plan: CityPlan): string[] {
  const { city, name, where, wave, change, resources, region } = plan;
  const { created, changed, removed } = change;
  const at = wave === undefined ? where : `${where}, wave ${wave}`;
  const does =
    resources.length === 0
      ? `one machine, from \`exos fleet render ${city}\``
      : created.length + changed.length + removed.length === 0
        ? "nothing to change"
        : `${created.length} to create, ${changed.length} to change, ${removed.length} to remove`;
  const isNew = changed.length + removed.length === 0 && created.length === total(plan);
  return [
    `${city.padEnd(4)} ${name}, ${at}: ${does}; ${priceText(plan)}`,
    ...(isNew ? [] : created.map((row) => `     create ${row}`)),
    ...changed.map((row) => `     change ${row}`),
    ...removed.map((row) => `     REMOVE ${row}`),
    ...(region === undefined ? [] : regionLines(region).map((line) => `     ${line}`)),
  ];
}

const total = ({ resources }: CityPlan): number =>
  resources.reduce((sum, [, count]) => sum + count, 0);

function priceText({ spot, onDemand, spotNow, resources }: CityPlan): string {
  const delta = spotNow === undefined ? 0 : spot - spotNow;
  const sign = delta < 0 ? "-" : "+";
  const more = Math.abs(delta) < CENT ? "" : ` (${sign}${dollars(Math.abs(delta))})`;
  const month = `${dollars(spot)}${more} a month`;
  const isSame = resources.length === 0 || spot === onDemand;
  return isSame ? month : `${month} on Spot, ${dollars(onDemand)} on demand`;
}

/** What would be created, by type, once for all cities that would be created alike. */
function newLines(plans: readonly CityPlan[]): string[] {
  const made = plans.filter(
    (plan) => total(plan) > 0 && plan.change.created.length === total(plan),
  );
  const alike = Map.groupBy(made, ({ resources }) => JSON.stringify(resources));
  return [...alike.values()].flatMap((group) => [
    `created in ${group.map(({ city }) => city).join(" ")}:`,
    ...(group[0]?.resources ?? []).map(
      ([type, count]) => `  ${String(count).padStart(3)} ${type.replace(/^AWS::/, "")}`,
    ),
    "",
  ]);
}

/** What no figure here holds. */
const NOTES = [
  "idle, at prices of us-east-1: other regions cost 1.0 to 1.2 times, callers and transactions come besides",
];
const RELEASED =
  "code of functions and the image come anew with each release, and are not compared";

function sumLine(costs: readonly CityCost[]): string {
  const sum = (pick: (cost: CityCost) => number): number =>
    costs.reduce((all, cost) => all + pick(cost), 0);
  const shared: readonly string[] = SHARED_STAGES;
  const cities = costs.filter(({ city }) => !shared.includes(city)).length;
  const count = cities === 1 ? "1 city" : `${cities} cities`;
  // Who may deploy costs nothing.
  const what = costs.some(({ city }) => city === "edge") ? `${count} and the edge` : count;
  const spot = dollars(sum((cost) => cost.spot));
  return `${what}: ${spot} a month on Spot, ${dollars(sum((cost) => cost.onDemand))} on demand`;
}

/** A bill as lines for people, those of a cent and more one by one. */
export function costLines(costs: readonly CityCost[]): string[] {
  const rows = costs.flatMap(({ city, lines, spot, onDemand }) => {
    const delivery = sumOf(lines.filter(({ item }) => item === "delivery"));
    const gate = delivery === 0 ? "" : `, ${dollars(delivery)} of it for the gate of its wave`;
    const other = spot === onDemand ? "" : ` on Spot, ${dollars(onDemand)} on demand`;
    return [
      `${city.padEnd(4)} ${dollars(spot)}${other}${gate}`,
      ...lines
        .filter((line) => line.dollars >= CENT)
        .toSorted((a, b) => b.dollars - a.dollars)
        .map((line) => `     ${dollars(line.dollars).padStart(6)}  ${line.item}: ${line.what}`),
      ...smallLine(lines.filter((line) => line.dollars < CENT)),
    ];
  });
  return [...rows, sumLine(costs), ...NOTES];
}

function smallLine(lines: CityCost["lines"]): string[] {
  const sum = sumOf(lines);
  return sum < CENT / 2
    ? []
    : [`     ${dollars(sum).padStart(6)}  ${lines.length} of less than a cent`];
}

/**
 * What is to be done before anything can be deployed; nothing where no fact is missing. The first
 * cluster of an account may fail before ECS has its role there, and makes that role as it fails.
 *
 * @source Amazon ECS, "Using service-linked roles": AWSServiceRoleForECS
 */
export function missingLines(missing: readonly string[], needs: readonly QuotaNeed[]): string[] {
  if (missing.length === 0) return [];
  return [
    "",
    "Before it can be deployed, regions/deployment.ts needs:",
    ...missing.map((fact) => `  ${fact}`),
    `and each account once in ${EDGE_REGION}, for what all cities share, and in each city's region:`,
    "  npx cdk bootstrap aws://ACCOUNT/REGION",
    'and each account once, where "has been taken" is as good an answer:',
    "  aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
    ...(needs.length === 0 ? [] : needLines(needs)),
  ];
}
