import { describe, expect, it } from "vitest";
import { CITIES } from "#regions/fleet.ts";
import { costLines, missingLines, planLines } from "#services/cli/fleet/describe-plan.ts";
import type { RegionReading } from "#services/cli/fleet/fleet-quotas.ts";
import {
  type CityPlan,
  costOf,
  costOfStage,
  planCity,
  planShared,
} from "#services/cli/fleet/plan-fleet.ts";
import type { PricedResource, PricedTemplate } from "#services/cli/fleet/priced-template.ts";

const alarm = (threshold: number): PricedResource => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: { Namespace: "Exos", MetricName: "Peers", Threshold: threshold },
});
const gate: PricedResource = { Type: "AWS::CloudWatch::CompositeAlarm" };
const stack = (Resources: Readonly<Record<string, PricedResource>>): PricedTemplate => ({
  Resources,
});
const cityOf = (code: string) => {
  const city = CITIES.find((one) => one.code === code);
  if (city === undefined) throw new RangeError(code);
  return city;
};
const plan = (
  code: string,
  to: PricedTemplate,
  from?: PricedTemplate,
  region?: RegionReading,
): CityPlan => planCity(cityOf(code), { templates: [to], deployed: [from], region });

describe("a plan", () => {
  const whole = stack({ Peers: alarm(3), Gate: gate });

  it("tells of a new city what it consists of, once for all that are alike", () => {
    const lines = planLines([plan("syd", whole), plan("lon", whole)]);
    expect(lines[0]).toBe(
      "syd  Sydney, ap-southeast-2, wave 0: 2 to create, 0 to change, 0 to remove; $0.60 a month",
    );
    expect(lines.filter((line) => line.startsWith("created in"))).toEqual(["created in syd lon:"]);
    expect(lines).toContain("    1 CloudWatch::CompositeAlarm");
    expect(lines).toContain("2 cities: $1.20 a month on Spot, $1.20 on demand");
  });

  it("names each change of one that stands, and what it costs more or less", () => {
    const before = stack({ Peers: alarm(2), Old: gate, Older: gate });
    const after = stack({ Peers: alarm(3), New: alarm(1) });
    const lines = planLines([plan("syd", after, before)]);
    expect(lines.slice(0, 5)).toEqual([
      "syd  Sydney, ap-southeast-2, wave 0: 1 to create, 1 to change, 2 to remove; $0.20 (-$0.90) a month",
      "     create AWS::CloudWatch::Alarm New",
      "     change AWS::CloudWatch::Alarm Peers",
      "     REMOVE AWS::CloudWatch::CompositeAlarm Old",
      "     REMOVE AWS::CloudWatch::CompositeAlarm Older",
    ]);
    expect(planLines([plan("syd", whole, stack({ Peers: alarm(3) }))])[0]).toContain("(+$0.50)");
  });

  it("compares no price with that of what nobody has priced", () => {
    const unknown = stack({ Peers: alarm(3), Gate: { Type: "AWS::RDS::DBInstance" } });
    expect(plan("syd", whole, unknown).spotNow).toBeUndefined();
  });

  it("says what each account wants once, as long as a fact is missing", () => {
    const needs = [{ service: "dynamodb", code: "L-F98FE922", limits: "tables", least: 9 }];
    expect(missingLines([], needs)).toEqual([]);
    expect(missingLines(["zone: the DNS zone"], needs).slice(2)).toEqual([
      "  zone: the DNS zone",
      "and each account once in us-east-1, for what all cities share, and in each city's region:",
      "  npx cdk bootstrap aws://ACCOUNT/REGION",
      'and each account once, where "has been taken" is as good an answer:',
      "  aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
      "and in each account and region, at least:",
      "  tables: 9 (dynamodb L-F98FE922)",
    ]);
  });

  it("of what stands as it should says so, whatever release it is of", () => {
    const released = (name: string, digit: string): PricedResource => ({
      Type: "AWS::CloudWatch::Alarm",
      Properties: {
        Environment: { Variables: { EXOS_RELEASE: name, EXOS_CITY: "syd" } },
        Image: `registry/exos@sha256:${digit.repeat(64)}`,
      },
    });
    const [line] = planLines([
      plan("syd", stack({ A: released("2", "b") }), stack({ A: released("1", "a") })),
    ]);
    expect(line).toContain(": nothing to change;");
  });

  it("has the edge in its sum, and a machine by what makes it", () => {
    const machine = planCity(cityOf("ams"), { templates: undefined, deployed: [] });
    const edge = planShared("edge", { templates: [stack({ Gate: gate })], deployed: [] });
    const lines = planLines([machine, edge]);
    expect(lines[0]).toContain("one machine, from `exos fleet render ams`; $6.00 a month");
    expect(lines[1]).toContain("edge what all cities share, us-east-1: 1 to create");
    expect(lines).toContain("1 city and the edge: $6.50 a month on Spot, $6.50 on demand");
  });

  it("names quotas that have to be asked for, and a region that has to be enabled", () => {
    const quota = { service: "lambda", code: "L-1", limits: "functions at once", least: 161 };
    const quotas = [10, 161, undefined].map((found) => ({ ...quota, found }));
    const asked = planLines([plan("syd", whole, undefined, { isOpen: true, quotas })]);
    expect(asked.slice(1, 3)).toEqual([
      "     ASK FOR functions at once: 161 (lambda L-1), has 10",
      "     AWS does not say its limit on functions at once: 161 (lambda L-1)",
    ]);
    const closed = planLines([plan("syd", whole, undefined, { isOpen: false, quotas: [] })]);
    expect(closed[1]).toContain("the account does not use this region yet");
  });
});

describe("a bill", () => {
  it("tells the gate of a wave apart, and adds up what is less than a cent", () => {
    const city = costOfStage("syd", [stack({ Gate: gate, Peers: alarm(1) })]);
    const small = { item: "queues", what: "x", dollars: 0.006 } as const;
    const bill = { ...city, lines: [...city.lines, small] };
    expect(costLines([bill, costOf(cityOf("ams"), undefined)]).slice(0, 6)).toEqual([
      "syd  $0.60, $0.50 of it for the gate of its wave",
      "      $0.50  delivery: Gate",
      "      $0.10  watching: Peers",
      "      $0.01  1 of less than a cent",
      "ams  $6.00",
      "      $6.00  task: a machine at digitalocean",
    ]);
  });

  it("of what was not synthesised is none", () => {
    expect(() => costOfStage("edge", undefined)).toThrow("edge was not synthesised");
  });
});
