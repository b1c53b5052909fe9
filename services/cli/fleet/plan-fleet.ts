import { PRICES } from "#infra/prices.ts";
import type { City } from "#regions/city.ts";
import type { SharedStage } from "#regions/city-outputs.ts";
import { EDGE_REGION } from "#regions/edge-names.ts";
import { compareTemplates, countTypes, type TemplateChange } from "./compare-templates.ts";
import type { RegionReading } from "./fleet-quotas.ts";
import { type CostLine, type Purchase, priceTemplates, sumOf } from "./price-templates.ts";
import type { PricedTemplate } from "./priced-template.ts";

/** What stands beside the cities, in words. */
const SHARED: Readonly<Record<SharedStage, string>> = {
  edge: "what all cities share",
  access: "who may deploy by a pipeline",
};
/** The same in the order in which it is told. */
export const SHARED_STAGES: readonly SharedStage[] = ["edge", "access"];

/** What a city costs in an idle month, in dollars. */
export interface CityCost {
  /** Three letters, or a `SharedStage`. */
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
  /** `undefined`: in none, as what all cities share. */
  readonly wave: number | undefined;
  readonly change: TemplateChange;
  /** Resources by type, most first. */
  readonly resources: readonly (readonly [type: string, count: number])[];
  /** What it costs on Spot as it stands; `undefined` where nothing stands, or nobody knows its price. */
  readonly spotNow: number | undefined;
  /** `undefined` where nobody could be asked. */
  readonly region: RegionReading | undefined;
}

/** Price a city by its templates; a city outside AWS is one machine. */
export function costOf(city: City, templates: readonly PricedTemplate[] | undefined): CityCost {
  if (city.host.kind === "aws") return costOfStage(city.code, templates);
  const dollars = PRICES.externalCityMonth;
  const lines: CostLine[] = [{ item: "task", what: `a machine at ${city.host.provider}`, dollars }];
  return { city: city.code, spot: dollars, onDemand: dollars, lines };
}

/** Price the stacks of a city on AWS, or of what stands beside the cities. */
export function costOfStage(
  city: string,
  templates: readonly PricedTemplate[] | undefined,
): CityCost {
  if (templates === undefined) throw new RangeError(`${city} was not synthesised`);
  const bill = (purchase: Purchase) => priceTemplates(templates, purchase);
  const lines = bill("spot");
  return { city, spot: sumOf(lines), onDemand: sumOf(bill("on-demand")), lines };
}

/** Where the stacks of a city come from and go to. */
export interface Standing {
  /** As they would be; none of a city outside AWS. */
  readonly templates: readonly PricedTemplate[] | undefined;
  /** As they stand now, in the same order; `undefined`: none. */
  readonly deployed: readonly (PricedTemplate | undefined)[];
  readonly region?: RegionReading | undefined;
}

export function planCity(city: City, standing: Standing): CityPlan {
  const { host, name, wave } = city;
  const where = host.kind === "aws" ? host.region : `${host.provider} ${host.region}`;
  return { ...costOf(city, standing.templates), name, where, wave, ...changeOf(standing) };
}

export function planShared(stage: SharedStage, standing: Standing): CityPlan {
  const cost = costOfStage(stage, standing.templates);
  return {
    ...cost,
    name: SHARED[stage],
    where: EDGE_REGION,
    wave: undefined,
    ...changeOf(standing),
  };
}

function changeOf({ templates = [], deployed, region }: Standing) {
  const all = templates.map((template, at) => compareTemplates(deployed[at], template));
  const rows = templates.flatMap(({ Resources }, at) =>
    Object.entries(Resources).map(([id, resource]) => [`${at} ${id}`, resource] as const),
  );
  const change: TemplateChange = {
    created: all.flatMap(({ created }) => created),
    changed: all.flatMap(({ changed }) => changed),
    removed: all.flatMap(({ removed }) => removed),
  };
  const resources = countTypes({ Resources: Object.fromEntries(rows) });
  return { change, resources, spotNow: priceNow(deployed), region };
}

/** A stack of another release may hold what has no price any more: then nobody compares. */
function priceNow(deployed: readonly (PricedTemplate | undefined)[]): number | undefined {
  const found = deployed.filter((template) => template !== undefined);
  if (found.length === 0) return undefined;
  try {
    return sumOf(priceTemplates(found, "spot"));
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}
