import { describe, expect, it } from "vitest";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import { cityNames } from "#regions/city-names.ts";
import { CITY_OUTPUTS, STAKING_OUTPUTS, variableOf } from "#regions/city-outputs.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { DEPLOYMENT } from "#regions/deployment.ts";
import { CITIES, citiesOf } from "#regions/fleet.ts";
import { missingFacts } from "#regions/missing-facts.ts";
import { sydney } from "#regions/sydney.ts";
import { DEVELOPMENT_ADDRESS } from "#services/cli/dev/development-address.ts";
import { CITY_VARIABLES } from "#shared/adapters/aws/city-environment.ts";

describe("the deployer's facts", () => {
  it("are none in the tree but those of an endpoint on this machine", () => {
    expect(DEPLOYMENT).toEqual({
      accounts: { local: "000000000000" },
      zone: undefined,
      alarms: undefined,
      sweepAddresses: { local: DEVELOPMENT_ADDRESS },
      releaseKey: undefined,
      proxyImage: undefined,
      origins: {},
      vector: undefined,
      deployRoles: {},
    });
  });

  it("that are missing are named, one by one", () => {
    const missing = missingFacts(DEPLOYMENT, "prod", CITIES);
    expect(missing[0]).toMatch(/: the account, .* syd(, [a-z]{3}){8}$/);
    expect(missing.map((fact) => fact.split(":")[0])).toEqual([
      "accounts.prod",
      "zone",
      "alarms",
      "releaseKey",
      "proxyImage",
    ]);
    expect(missingFacts(EXAMPLE_DEPLOYMENT, "prod", [sydney])).toEqual([]);
    // Machines raise no alarm of AWS, and stand in no account.
    const machines = CITIES.filter(({ host }) => host.kind === "external");
    expect(missingFacts(DEPLOYMENT, "prod", machines).map((fact) => fact.split(":")[0])).toEqual([
      "zone",
      "releaseKey",
      "proxyImage",
    ]);
    const staking = missingFacts(EXAMPLE_DEPLOYMENT, "prod", [{ ...sydney, staking: true }]);
    expect(staking.map((fact) => fact.split(":")[0])).toEqual(["sweepAddresses.prod"]);
  });

  it("lack a certificate where the zone's is of another account, which the edge could not use", () => {
    expect(missingFacts(EXAMPLE_DEPLOYMENT, "test", citiesOf("test"))).toEqual([
      "zone.certificate: one of the account 444455556666, since the edge there takes no other",
    ]);
    const machines = CITIES.filter(({ host }) => host.kind === "external");
    expect(missingFacts(EXAMPLE_DEPLOYMENT, "test", machines).join()).not.toContain("zone");
  });

  it("are all there for a city on this machine", () => {
    expect(missingFacts(DEPLOYMENT, "local", citiesOf("local"))).toEqual([]);
  });

  it("take a malformed account for none", () => {
    const bad = { ...EXAMPLE_DEPLOYMENT, accounts: { prod: "1111-2222-3333" } };
    expect(missingFacts(bad, "prod", [sydney])).toHaveLength(1);
  });
});

describe("the names of a city", () => {
  const place = { environment: "prod", code: "syd", region: "ap-southeast-2" } as const;

  it("say environment and city first, and the account where the whole world shares names", () => {
    const names = cityNames({ ...place, account: "111122223333" });
    expect(names.tables.coins).toBe("exos-prod-syd-coins");
    expect(names.buckets.chain).toBe("exos-prod-syd-111122223333-chain");
    expect(names.queues.connect).toMatch(/\.fifo$/);
    expect(names.queues.deadFifo).toBe("exos-prod-syd-dead.fifo");
    expect(names.secrets).toBe("/exos/prod/syd");
  });

  it("fit the limits of AWS in every city and environment", () => {
    for (const { code } of CITIES) {
      const names = cityNames({ ...place, code, account: "111122223333" });
      for (const bucket of Object.values(names.buckets)) expect(bucket.length).toBeLessThan(64);
      for (const queue of Object.values(names.queues)) expect(queue.length).toBeLessThan(81);
    }
  });
});

describe("what stacks print", () => {
  it("has every variable of a function or task, but for the city's place in the fleet and its money's", () => {
    const printed = Object.values(CITY_OUTPUTS).flatMap((outputs) => Object.keys(outputs));
    const variables = [...printed, ...Object.keys(STAKING_OUTPUTS)].flatMap(
      (output) => variableOf(output) ?? [],
    );
    const optional = Object.values(FUNCTION_SHAPES).flatMap((shape) => shape.optional ?? []);
    // Every city has services; only an endpoint without a cluster has none to print.
    const isOwn = (name: string) => name.startsWith("EXOS_SERVICE_") || !optional.includes(name);
    const own = CITY_VARIABLES.filter(isOwn);
    expect(variables.sort()).toEqual([...own].sort());
  });

  it("has no name twice, since one command reads them all", () => {
    const printed = Object.values(CITY_OUTPUTS).flatMap((outputs) => Object.keys(outputs));
    expect(new Set(printed).size).toBe(printed.length);
    expect(variableOf("VpcId")).toBeUndefined();
  });
});
