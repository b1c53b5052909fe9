import { describe, expect, it } from "vitest";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import { FUNCTIONS, functionName } from "#regions/city-names.ts";
import { DRIVEN_CITY_STACKS, followerOutput } from "#regions/city-outputs.ts";
import { readDrivenFunctions } from "#services/cli/cloud/drive/read-driven-functions.ts";
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
          // Whoever drives them hands on what they stream as it comes.
          const names = Object.keys(Variables).filter((name) => name !== "EXOS_ANSWERS");
          return { FunctionName, Timeout, MemorySize, names };
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

  it("tells whoever drives them what starts each, and with which names", () => {
    const outputs = Object.fromEntries(
      Object.keys(driven.get("node")?.Outputs ?? {}).map((name) => [name, `the ${name}`]),
    );
    const queues = ["blocks", "connect.fifo", "transactions"].map((name) => `http://q/${name}`);
    const arns = Object.keys(outputs).filter((name) =>
      /GetAttQueues(Blocks|Connect|Trans)/.test(name),
    );
    const deployed = {
      ...outputs,
      ...Object.fromEntries(queues.map((url) => [url, url])),
      ...Object.fromEntries(
        arns.map((name) => {
          const own = /Queues([A-Z][a-z]+)Queue/.exec(name)?.[1]?.toLowerCase();
          return [name, `arn:aws:sqs:us-east-1:0:${own === "connect" ? "connect.fifo" : own}`];
        }),
      ),
    };
    const templates = ["functions", "rpc"].map((stack) => driven.get(stack));
    const prefix = LOCAL_CITY.prefix;
    const read = readDrivenFunctions(templates, { outputs: deployed, prefix });
    const starts = Object.fromEntries(read.map(({ bundle, start }) => [bundle, start]));
    expect(starts).toEqual({
      check: { kind: "queue", url: "http://q/blocks", batchSize: 10, runsMax: 10, ordered: false },
      connect: {
        kind: "queue",
        url: "http://q/connect.fifo",
        batchSize: 10,
        runsMax: 1,
        ordered: true,
      },
      mempool: {
        kind: "queue",
        url: "http://q/transactions",
        batchSize: 10,
        runsMax: 5,
        ordered: false,
      },
      "mempool-follow": { kind: "topic", url: "the FollowerMempoolFollow" },
      "index-follow": { kind: "topic", url: "the FollowerIndexFollow" },
      watch: { kind: "schedule", everySeconds: 60 },
      "stake-sign": undefined,
      rpc: { kind: "url" },
      "rpc-events": { kind: "url" },
    });
    const connect = read.find(({ bundle }) => bundle === "connect");
    expect(connect).toMatchObject({ timeoutSeconds: 60, memoryMb: 1769 });
    const reserved = Object.fromEntries(read.map(({ bundle, reserved }) => [bundle, reserved]));
    expect(reserved).toMatchObject({ connect: undefined, rpc: 50, "rpc-events": 10 });
    expect(connect?.environment).toMatchObject({
      EXOS_CITY: "loc",
      EXOS_QUEUE_ANNOUNCE: expect.stringMatching(/^the ExportsOutputRefQueuesAnnounce/),
    });
    const { FollowerIndexFollow: _, ...without } = deployed as Record<string, string>;
    expect(() => readDrivenFunctions(templates, { outputs: without, prefix })).toThrow(
      "no stack prints FollowerIndexFollow",
    );
  });
});

it("tells what watches over a city on LocalStack of no service that is skipped there", () => {
  const { stages } = synthesise({ environment: "local", driven: true, endpoint: "localstack" });
  const naming = (stacks: Parameters<typeof resourcesOf>[0]) =>
    resourcesOf(stacks).flatMap(({ resource }) => {
      const text = JSON.stringify(resource.Properties?.["Environment"]) ?? "";
      return text.includes("EXOS_SERVICE_") ? [resource.Properties?.["FunctionName"]] : [];
    });
  expect(naming(driven)).toEqual([functionName(LOCAL_CITY, "watch")]);
  expect(naming(stages.get("loc"))).toEqual([]);
  expect(stages.get("loc")?.get("node")?.Outputs).toHaveProperty("ExosServiceIngest");
});

it("has no role and no schedule of a task where task definitions are skipped", () => {
  const { stages } = synthesise({ environment: "local", endpoint: "localstack" });
  const naming = (stacks: Parameters<typeof resourcesOf>[0]) =>
    resourcesOf(stacks).flatMap(({ resource: { Type, Properties } }) =>
      /Role|Schedule/.test(Type) && JSON.stringify(Properties).includes('"ecs:RunTask"')
        ? [Type]
        : [],
    );
  const schedulesOf = (stacks: Parameters<typeof resourcesOf>[0]) =>
    typesOf(stacks).filter((type) => type === "AWS::Scheduler::Schedule").length;
  const whole = localFleet().stages.get("loc");
  expect(naming(whole)).toEqual(["AWS::IAM::Role"]);
  expect(naming(stages.get("loc"))).toEqual([]);
  expect(schedulesOf(stages.get("loc"))).toBe(schedulesOf(whole) - 1);
});

it("has functions hold no answer open where nothing of it is handed on before its end", () => {
  const whole = (stacks: Parameters<typeof resourcesOf>[0]) =>
    resourcesOf(stacks).flatMap(({ resource }) => {
      const text = JSON.stringify(resource.Properties?.["Environment"]) ?? "";
      return text.includes("EXOS_ANSWERS") ? [resource.Properties?.["FunctionName"]] : [];
    });
  const answering = ["rpc", "rpc-events"] as const;
  expect(whole(localFleet().stages.get("loc"))).toEqual(
    answering.map((name) => functionName(LOCAL_CITY, name)),
  );
  expect(whole(driven)).toEqual([]);
});
