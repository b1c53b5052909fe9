import { beforeAll, describe, expect, it } from "vitest";
import { PRICES } from "#infra/prices.ts";
import { IDLE_USAGE } from "#infra/usage.ts";
import { CITIES } from "#regions/fleet.ts";
import { quotasNeeded } from "#services/cli/fleet/fleet-quotas.ts";
import {
  type CostItem,
  type CostLine,
  type Purchase,
  priceTemplates,
  sumOf,
} from "#services/cli/fleet/price-templates.ts";
import { localFleet, productionFleet, type StackTemplate } from "../support/synthesised-fleet.ts";

/** Bars of an idle month, in dollars. @source cloud.md 16 (10) */
const CITY_SPOT_MAX = 12;
const CITY_ON_DEMAND_MAX = 17;
const FLEET_SPOT_MAX = 150;

/** What an idle city cost when this was written, by item: a tenth more of any of them fails. */
const RECORDED: Readonly<Partial<Record<CostItem, number>>> = {
  task: 5.96,
  tables: 2.2,
  sets: 0.15,
  queues: 1.14,
  functions: 0.28,
  objects: 0.1,
  watching: 1.85,
  images: 0.05,
  // Sydney is one of two cities that watch the fleet.
  fleet: 0.15,
  delivery: 0.5,
};
/** The same of what all cities share: the firewall and its rules, and what comes by the edge. */
const RECORDED_EDGE = 9.97;

beforeAll(() => void productionFleet(), 300_000);

function linesOf(code: string, purchase: Purchase): CostLine[] {
  const stacks = productionFleet().stages.get(code);
  return priceTemplates([...(stacks?.values() ?? [])], purchase);
}

/** What a city costs of its own: the gate of its wave is a part of delivering the fleet. */
function ownOf(code: string, purchase: Purchase): number {
  return sumOf(linesOf(code, purchase).filter(({ item }) => item !== "delivery"));
}

/** The templates of a city with other properties in some resources. */
function withProperties(
  code: string,
  other: (properties: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Pick<StackTemplate, "Resources">[] {
  return [...(productionFleet().stages.get(code)?.values() ?? [])].map(({ Resources }) => ({
    Resources: Object.fromEntries(
      Object.entries(Resources).map(([id, { Type, Properties = {} }]) => {
        return [id, { Type, Properties: { ...Properties, ...other(Properties) } }];
      }),
    ),
  }));
}

const awsCodes = CITIES.filter(({ host }) => host.kind === "aws").map(({ code }) => code);

describe("an idle month", () => {
  it("of a city costs at most $12 on Spot and $17 on demand", () => {
    for (const code of awsCodes) {
      expect(ownOf(code, "spot"), code).toBeLessThanOrEqual(CITY_SPOT_MAX);
      expect(ownOf(code, "on-demand"), code).toBeLessThanOrEqual(CITY_ON_DEMAND_MAX);
    }
  });

  it("of the fleet costs at most $150 on Spot", () => {
    const stages = [...productionFleet().stages.values()];
    const aws = stages.map((stacks) => sumOf(priceTemplates([...stacks.values()], "spot")));
    const external = (CITIES.length - awsCodes.length) * PRICES.externalCityMonth;
    const fleet = aws.reduce((sum, dollars) => sum + dollars, external);
    process.stdout.write(
      `idle month: a city $${ownOf("syd", "spot").toFixed(2)} on Spot, $${ownOf("syd", "on-demand").toFixed(2)} on demand; the fleet $${fleet.toFixed(2)} on Spot\n`,
    );
    expect(fleet).toBeLessThanOrEqual(FLEET_SPOT_MAX);
  });

  it("grows by no tenth in any item without somebody saying so here", () => {
    const items = Map.groupBy(linesOf("syd", "spot"), ({ item }) => item);
    expect([...items.keys()].sort()).toEqual(Object.keys(RECORDED).sort());
    for (const [item, lines] of items) {
      const recorded = RECORDED[item] ?? 0;
      expect(sumOf(lines), item).toBeLessThan(recorded * 1.1);
      expect(sumOf(lines), item).toBeGreaterThan(recorded * 0.9);
    }
  });

  it("of the edge grows by no tenth either", () => {
    const edge = sumOf(linesOf("edge", "spot"));
    expect(edge).toBeLessThan(RECORDED_EDGE * 1.1);
    expect(edge).toBeGreaterThan(RECORDED_EDGE * 0.9);
  });

  it("has no room for a set of every day, nor for one by a task of the size of a load", () => {
    const [run] = linesOf("syd", "spot").filter(({ item }) => item === "sets");
    const each = (run?.dollars ?? 0) / IDLE_USAGE.sets.runs;
    const others = ownOf("syd", "spot") - (run?.dollars ?? 0);
    expect(others + each * 30.4).toBeGreaterThan(CITY_SPOT_MAX);
    const sized = withProperties("syd", ({ Family = "" }) =>
      String(Family).endsWith("-set")
        ? { Cpu: "2048", Memory: "8192", EphemeralStorage: { SizeInGiB: 60 } }
        : {},
    );
    const dearer = sumOf(priceTemplates(sized, "spot")) - sumOf(linesOf("syd", "spot"));
    expect(dearer).toBeCloseTo(0.15, 2);
    expect(ownOf("syd", "spot") + dearer).toBeGreaterThan(CITY_SPOT_MAX);
  });

  it("of a city that stakes has its key besides", () => {
    const lines = priceTemplates([...(localFleet().stages.get("loc")?.values() ?? [])], "spot");
    expect(sumOf(lines.filter(({ item }) => item === "keys"))).toBe(PRICES.kmsKeyMonth);
  });
});

describe("quotas of an account", () => {
  const needs = () =>
    quotasNeeded([...(productionFleet().stages.get("syd")?.values() ?? [])]).map(
      ({ service, limits, least }) => [service, limits, least],
    );

  it("that a city needs are in the templates: reservations, processors, tables", () => {
    expect(needs()).toEqual([
      ["lambda", "functions at once", 50 + 10 + 2 + 1 + 100],
      ["fargate", "processors of tasks on Spot", 2 * 0.25 + 1],
      ["fargate", "processors of tasks on demand", 2 * 0.25 + 2 + 2],
      ["dynamodb", "tables", 4 + 2],
    ]);
  });
});

describe("a template is refused", () => {
  const node = () => productionFleet().stages.get("syd")?.get("node") as StackTemplate;
  const price = (Resources: StackTemplate["Resources"]) => () =>
    priceTemplates([{ Resources: { ...node().Resources, ...Resources } }], "spot");

  it.each([
    ["a NAT gateway", { Type: "AWS::EC2::NatGateway" }, "NAT"],
    [
      "an interface endpoint",
      { Type: "AWS::EC2::VPCEndpoint", Properties: { VpcEndpointType: "Interface" } },
      "interface endpoint",
    ],
    ["an old load balancer", { Type: "AWS::ElasticLoadBalancing::LoadBalancer" }, "load balancer"],
    [
      "a load balancer of requests",
      {
        Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        Properties: { Type: "application" },
      },
      "only one of peers",
    ],
    [
      "a fifth metric",
      {
        Type: "AWS::CloudWatch::Alarm",
        Properties: { Namespace: "Exos", MetricName: "BlocksOfEachPeer" },
      },
      "fifth metric",
    ],
    [
      "provisioned pollers",
      {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: { ProvisionedPollerConfig: { MinimumPollers: 1 } },
      },
      "provisioned pollers",
    ],
    ["what nobody has priced", { Type: "AWS::RDS::DBInstance" }, "has no price"],
  ])("with %s", (_name, resource, says) => {
    expect(price({ Added: resource })).toThrow(says);
  });

  it("by nothing when it is ours", () => {
    expect(price({})).not.toThrow();
  });

  it("for a function without a usage", () => {
    const resource = {
      Type: "AWS::Lambda::Function",
      Properties: { FunctionName: "exos-prod-syd-guess", MemorySize: 128 },
    };
    expect(price({ Added: resource })).toThrow('no usage of a function "guess"');
  });
});

describe("prices", () => {
  it("follow the shape of the task", () => {
    const doubled = withProperties("syd", ({ Cpu }) => (Cpu === "256" ? { Cpu: "512" } : {}));
    const dearer = sumOf(priceTemplates(doubled, "spot"));
    expect(dearer - sumOf(linesOf("syd", "spot"))).toBeCloseTo(1.89, 2);
  });
});
