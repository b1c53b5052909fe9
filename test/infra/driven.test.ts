import { describe, expect, it } from "vitest";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import { FUNCTIONS, functionName } from "#regions/city-names.ts";
import { DRIVEN_CITY_STACKS, followerOutput } from "#regions/city-outputs.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { localFleet, resourcesOf, synthesise } from "../support/synthesised-fleet.ts";

const driven = synthesise({ environment: "local", driven: true }).stages.get("loc") ?? new Map();
const deployed = new Map(DRIVEN_CITY_STACKS.map((name) => [name, driven.get(name)]));
const typesOf = (stacks: Parameters<typeof resourcesOf>[0]) =>
  resourcesOf(stacks).map(({ resource }) => resource.Type);

describe("a city whose functions are driven", () => {
  it("is deployed without any function, and without what starts one", () => {
    expect(typesOf(deployed).filter((type) => /Lambda|Scheduler/.test(type))).toEqual([]);
    const told = resourcesOf(deployed).filter(({ resource }) =>
      resource.Type.endsWith("::Subscription"),
    );
    expect(new Set(told.map(({ resource }) => resource.Properties?.["Protocol"]))).toEqual(
      new Set(["sqs"]),
    );
  });

  it("has beside it the functions of the whole one, word for word but for where their names stand", () => {
    const whole = localFleet().stages.get("loc");
    const functionsOf = (stacks: Parameters<typeof resourcesOf>[0]) =>
      resourcesOf(stacks)
        .filter(({ resource }) => resource.Type === "AWS::Lambda::Function")
        .map(({ resource }) => {
          const { FunctionName, Timeout, MemorySize, Environment } = resource.Properties ?? {};
          const { Variables } = Environment as { readonly Variables: object };
          return { FunctionName, Timeout, MemorySize, names: Object.keys(Variables) };
        })
        .sort((a, b) => (String(a.FunctionName) < String(b.FunctionName) ? -1 : 1));
    expect(functionsOf(driven)).toEqual(functionsOf(whole));
    expect(functionsOf(driven)).toHaveLength(FUNCTIONS.length);
  });

  it("has a queue for each function that follows the topic", () => {
    const followers = FUNCTIONS.filter((name) => FUNCTION_SHAPES[name].trigger.kind === "topic");
    expect(followers.length).toBeGreaterThan(0);
    const queues = resourcesOf(deployed).flatMap(({ resource }) =>
      resource.Type === "AWS::SQS::Queue" ? [resource.Properties?.["QueueName"]] : [],
    );
    for (const name of followers) {
      expect(queues).toContain(functionName(LOCAL_CITY, name));
      expect(driven.get("node")?.Outputs).toHaveProperty(followerOutput(name));
    }
  });
});
