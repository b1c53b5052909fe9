import { PRICES } from "#infra/prices.ts";
import type { City } from "#regions/city.ts";
import { compareTemplates, countTypes, type TemplateChange } from "./compare-templates.ts";
import {
  type CostLine,
  type PricedTemplate,
  type Purchase,
  priceTemplates,
  sumOf,
} from "./price-templates.ts";

/** What a city costs in an idle month, in dollars. */
export interface CityCost {
  readonly city: string;
  readonly spot: number;
  readonly onDemand: number;
  /** On Spot; of an external city its machine. */
  readonly lines: readonly CostLine[];
}

/** What a deployment would do to a city. */
export interface CityPlan extends CityCost {
  readonly name: string;
  /** Region of AWS, or the provider's. */
  readonly where: string;
  readonly wave: number;
  readonly change: TemplateChange;
  /** Resources by type, most first. */
  readonly resources: readonly (readonly [type: string, count: number])[];
}

/** Price a city by its templates; a city outside AWS is one machine. */
export function costOf(city: City, templates: readonly PricedTemplate[] | undefined): CityCost {
  if (city.host.kind === "external") {
    const dollars = PRICES.externalCityMonth;
    const lines: CostLine[] = [
      { item: "task", what: `a machine at ${city.host.provider}`, dollars },
    ];
    return { city: city.code, spot: dollars, onDemand: dollars, lines };
  }
  if (templates === undefined) throw new RangeError(`${city.code} was not synthesised`);
  const bill = (purchase: Purchase) => priceTemplates(templates, purchase);
  const lines = bill("spot");
  return { city: city.code, spot: sumOf(lines), onDemand: sumOf(bill("on-demand")), lines };
}

/** @param deployed templates as they stand now, in the order of the stacks; `undefined`: none */
export function planCity(
  city: City,
  templates: readonly PricedTemplate[] | undefined,
  deployed: readonly (PricedTemplate | undefined)[],
): CityPlan {
  const all = (templates ?? []).map((template, at) => compareTemplates(deployed[at], template));
  const { host } = city;
  return {
    ...costOf(city, templates),
    name: city.name,
    where: host.kind === "aws" ? host.region : `${host.provider} ${host.region}`,
    wave: city.wave,
    change: {
      created: all.flatMap(({ created }) => created),
      changed: all.flatMap(({ changed }) => changed),
      removed: all.flatMap(({ removed }) => removed),
    },
    resources: countTypes({
      Resources: Object.fromEntries(
        (templates ?? []).flatMap(({ Resources }, at) =>
          Object.entries(Resources).map(([id, resource]) => [`${at} ${id}`, resource] as const),
        ),
      ),
    }),
  };
}

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

/** A plan as lines for people. */
export function planLines(plans: readonly CityPlan[]): string[] {
  const lines = plans.flatMap(({ city, name, where, wave, change, resources, spot, onDemand }) => {
    const { created, changed, removed } = change;
    const isMachine = resources.length === 0;
    const does = isMachine
      ? `one machine, from \`exos fleet render ${city}\``
      : created.length + changed.length + removed.length === 0
        ? "nothing to change"
        : `${created.length} to create, ${changed.length} to change, ${removed.length} to remove`;
    const price = `${dollars(spot)} a month on Spot, ${dollars(onDemand)} on demand`;
    return [
      `${city}  ${name}, ${where}, wave ${wave}: ${does}; ${price}`,
      ...changed.map((row) => `     change ${row}`),
      ...removed.map((row) => `     REMOVE ${row}`),
    ];
  });
  return [...lines, sumLine(plans)];
}

function sumLine(costs: readonly CityCost[]): string {
  const sum = (pick: (cost: CityCost) => number): number =>
    costs.reduce((all, cost) => all + pick(cost), 0);
  const spot = dollars(sum((cost) => cost.spot));
  return `${costs.length} cities: ${spot} a month on Spot, ${dollars(sum((cost) => cost.onDemand))} on demand, idle`;
}

/** A bill as lines for people, those of a cent and more one by one. */
export function costLines(costs: readonly CityCost[]): string[] {
  const rows = costs.flatMap(({ city, lines, spot }) => [
    `${city}  ${dollars(spot)}`,
    ...lines
      .filter((line) => line.dollars >= 0.01)
      .toSorted((a, b) => b.dollars - a.dollars)
      .map((line) => `     ${dollars(line.dollars).padStart(6)}  ${line.item}: ${line.what}`),
  ]);
  return [...rows, sumLine(costs)];
}
