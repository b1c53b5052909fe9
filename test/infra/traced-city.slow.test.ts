import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, it } from "vitest";
import { CityStage } from "#infra/city-stage.ts";
import { NO_IMAGE } from "#infra/create-app.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { local } from "#regions/local.ts";
import { TRACE_VARIABLES } from "#shared/adapters/aws/trace-settings.ts";

const TRACES = { endpoint: "https://traces.example.org/otlp", percent: 1 };
/** Whoever traces: what streams and loads does not. */
const TRACED = "check connect index-follow mempool mempool-follow rpc stake-sign watch".split(" ");

function stageOf(traces: typeof TRACES | undefined): CityStage {
  const { host, ...city } = local;
  if (host.kind !== "aws") throw new RangeError("the city of this machine is one of AWS");
  return new CityStage(new App(), {
    environment: "local",
    city: { ...city, host, ...(traces && { traces }) },
    deployment: EXAMPLE_DEPLOYMENT,
    bundles: undefined,
    imageDigest: NO_IMAGE,
  });
}

/** Who of a city is told: functions by their name, tasks by their family. */
function toldIn(stage: CityStage): readonly string[] {
  const stacks = stage.node.children.filter((child) => child instanceof Stack);
  return stacks
    .flatMap((stack) => Object.values(Template.fromStack(stack).toJSON()["Resources"] ?? {}))
    .flatMap((resource) => {
      // CloudFormation's own shape, of which no more than this is read.
      const { Type, Properties } = resource as {
        Type: string;
        Properties?: Record<string, string>;
      };
      if (!/^AWS::(Lambda::Function|ECS::TaskDefinition)$/.test(Type)) return [];
      const { FunctionName, Family } = Properties ?? {};
      const text = JSON.stringify(Properties);
      const isTold = TRACE_VARIABLES.every((name) => text.includes(name));
      return isTold ? [(FunctionName ?? Family ?? "").replace("exos-local-loc-", "")] : [];
    })
    .sort();
}

it("a city that is traced tells its functions and its peer process where to, and no other city tells anybody", () => {
  expect(toldIn(stageOf(TRACES))).toEqual([...TRACED, "ingest"].sort());
  expect(toldIn(stageOf(undefined))).toEqual([]);
});
