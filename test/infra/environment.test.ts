import { beforeAll, describe, expect, it } from "vitest";
import { FUNCTION_SHAPES, TASK_SHAPES } from "#infra/functions.ts";
import type { FunctionName } from "#regions/city-names.ts";
import { WANTED as INDEX } from "#services/index/compose-aws.ts";
import {
  WANTED as INGEST,
  WANTED_LOAD as LOAD,
  WANTED_WITH_STAKE,
} from "#services/ingest/compose-aws.ts";
import {
  WANTED_WITH_ADDRESSES,
  WANTED_WITH_CLUSTER,
  WANTED_WITH_FLEET,
  WANTED_WITH_SEED,
  WANTED as WATCH,
} from "#services/ingest/compose-watch.ts";
import { WANTED as RPC } from "#services/rpc/compose-aws.ts";
import { WANTED as EVENTS } from "#services/rpc/compose-events.ts";
import { WANTED as SIGN, WANTED_WITH_SWEEP } from "#services/stake/compose-aws.ts";
import { WANTED as VALIDATE } from "#services/validate/compose-aws.ts";
import {
  CITY_VARIABLES,
  type CityVariable,
  readCityEnvironment,
} from "#shared/adapters/aws/city-environment.ts";
import { TRACE_VARIABLES } from "#shared/adapters/aws/trace-settings.ts";
import { localFleet, productionFleet, resourcesOf } from "../support/synthesised-fleet.ts";

/** What each composition root reads. */
const READ: Readonly<Partial<Record<FunctionName, readonly CityVariable[]>>> = {
  ...VALIDATE,
  "index-follow": INDEX,
  rpc: RPC,
  "rpc-events": EVENTS,
  watch: WATCH,
  "stake-sign": SIGN,
};

beforeAll(() => {
  productionFleet();
  localFleet();
});

/** Values as a deployment would give them: of a reference only what it looks like is known. */
function deployed(name: string, value: unknown, prefix: string): string {
  if (typeof value === "string") return value;
  const made = `${prefix}-made`;
  return name.startsWith("EXOS_QUEUE_")
    ? `https://sqs.example/1/${made}`
    : `arn:aws:sns:x:1:${made}`;
}

describe("the environment", () => {
  it.each(Object.entries(READ))("of %s is what its composition root reads", (name, wanted) => {
    // It was listed above.
    const shape = FUNCTION_SHAPES[name as FunctionName];
    expect([...shape.environment].sort()).toEqual([...wanted].sort());
  });

  it.each([
    ["ingest", INGEST],
    ["load", LOAD],
  ] as const)("of the task %s is what its composition root reads", (name, wanted) => {
    expect([...TASK_SHAPES[name].environment].sort()).toEqual([...wanted].sort());
  });

  it("of what watches has the city's name among peers, and of a watcher the fleet", () => {
    const traces = new Set<string>(TRACE_VARIABLES);
    const optional = (FUNCTION_SHAPES.watch.optional ?? []).filter((name) => !traces.has(name));
    const all = [...WANTED_WITH_CLUSTER, ...WANTED_WITH_SEED, ...WANTED_WITH_FLEET];
    expect([...optional].sort()).toEqual([...all, ...WANTED_WITH_ADDRESSES].sort());
    const given = (code: string) => {
      const fleet = code === "loc" ? localFleet() : productionFleet();
      const found = resourcesOf(fleet.stages.get(code)).find(({ resource }) =>
        String(resource.Properties?.["FunctionName"]).endsWith("-watch"),
      );
      const text = JSON.stringify(found?.resource.Properties?.["Environment"]);
      return optional.filter((name) => text.includes(`"${name}"`)).sort();
    };
    expect(given("syd")).toEqual(all.sort());
    expect(given("fra")).toEqual([...WANTED_WITH_CLUSTER, ...WANTED_WITH_SEED].sort());
    expect(given("loc")).toEqual(WANTED_WITH_CLUSTER);
  });

  it("of the peer process says whom to ask for a stake and where its coins are listed", () => {
    expect([...(TASK_SHAPES.ingest.staking ?? [])].sort()).toEqual([...WANTED_WITH_STAKE].sort());
    const given = (code: string) => {
      const fleet = code === "loc" ? localFleet() : productionFleet();
      const found = resourcesOf(fleet.stages.get(code)).find(({ resource }) =>
        String(resource.Properties?.["Family"]).endsWith("-ingest"),
      );
      const text = JSON.stringify(found?.resource.Properties?.["ContainerDefinitions"]);
      return WANTED_WITH_STAKE.filter((name) => text.includes(`"${name}"`));
    };
    expect(given("loc")).toEqual(WANTED_WITH_STAKE);
    expect(given("syd")).toEqual([]);
  });

  it("of the signer says where the money of a city that stakes may go, and nobody else's does", () => {
    expect(FUNCTION_SHAPES["stake-sign"].optional).toEqual([
      ...WANTED_WITH_SWEEP,
      ...TRACE_VARIABLES,
    ]);
    const given = (code: string) => {
      const fleet = code === "loc" ? localFleet() : productionFleet();
      return resourcesOf(fleet.stages.get(code)).flatMap(({ resource }) => {
        const text = JSON.stringify(resource.Properties?.["Environment"]) ?? "";
        return text.includes("EXOS_SWEEP_ADDRESS") ? [resource.Properties?.["FunctionName"]] : [];
      });
    };
    expect(given("loc")).toEqual(["exos-local-loc-stake-sign"]);
    expect(given("syd")).toEqual([]);
  });

  it("of every function in every template can be read, and has nothing else in it", () => {
    const stages = [...productionFleet().stages, ...localFleet().stages];
    let functions = 0;
    for (const { id, resource } of stages.flatMap(([, stacks]) => resourcesOf(stacks))) {
      if (resource.Type !== "AWS::Lambda::Function") continue;
      functions++;
      const { Variables } = (resource.Properties?.["Environment"] ?? { Variables: {} }) as {
        Variables: Readonly<Record<string, unknown>>;
      };
      // Nor an option of Node: the one for source maps reads all of them at each start.
      const names = CITY_VARIABLES.filter((name) => name in Variables);
      expect(names, id).toEqual(expect.arrayContaining(Object.keys(Variables)));
      const prefix = `exos-${Variables["EXOS_ENVIRONMENT"]}-${Variables["EXOS_CITY"]}`;
      const values = Object.fromEntries(
        Object.entries(Variables).map(([name, value]) => [name, deployed(name, value, prefix)]),
      );
      expect(() => readCityEnvironment(values, names), id).not.toThrow();
    }
    expect(functions).toBe(9 * 8 + 9);
  });
});
