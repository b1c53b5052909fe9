import { beforeAll, describe, expect, it } from "vitest";
import { CITIES } from "#regions/fleet.ts";
import { localFleet, productionFleet, resourcesOf } from "../support/synthesised-fleet.ts";

beforeAll(() => {
  productionFleet();
  localFleet();
});

type Properties = Readonly<Record<string, unknown>>;

/** The schedule of a city's set, and what it points to. */
function scheduleOf(fleet: ReturnType<typeof productionFleet>, code: string) {
  const resources = resourcesOf(fleet.stages.get(code));
  const byId = new Map(resources.map(({ id, resource }) => [id, resource.Properties ?? {}]));
  const schedule = resources.find(({ resource }) => {
    const { Type, Properties: { Name } = {} } = resource;
    return Type === "AWS::Scheduler::Schedule" && String(Name).endsWith("-set");
  });
  const properties = schedule?.resource.Properties ?? {};
  const target = properties["Target"] as Properties;
  const parameters = target["EcsParameters"] as Properties;
  const idOf = (value: unknown) =>
    /"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/.exec(JSON.stringify(value))?.[1];
  const task = idOf(parameters["TaskDefinitionArn"]) ?? "";
  const role = byId.get(idOf(target["RoleArn"]) ?? "") ?? {};
  const policies = role["Policies"] as readonly { readonly PolicyDocument: Properties }[];
  const statements = policies.flatMap(
    ({ PolicyDocument }) => PolicyDocument["Statement"] as readonly Properties[],
  );
  return { properties, parameters, task, definition: byId.get(task) ?? {}, statements };
}

const aws = CITIES.filter(({ host }) => host.kind === "aws").map(({ code }) => code);

describe("the run that publishes a city's set", () => {
  it("is on Spot, by a task of one vCPU that publishes and does nothing else", () => {
    const { parameters, definition, properties } = scheduleOf(productionFleet(), "syd");
    expect(parameters["CapacityProviderStrategy"]).toEqual([
      { CapacityProvider: "FARGATE_SPOT", Weight: 1 },
    ]);
    expect(parameters["TaskCount"]).toBe(1);
    expect(definition).toMatchObject({ Cpu: "1024", Memory: "4096", Family: "exos-prod-syd-set" });
    const [container] = definition["ContainerDefinitions"] as readonly Properties[];
    expect(container?.["Command"]).toEqual(["services/ingest/main.ts", "load", "--snapshot"]);
    expect(properties["State"]).toBe("ENABLED");
  });

  it("is every other day, in each city at another hour", () => {
    const said = aws.map((code) => scheduleOf(productionFleet(), code).properties);
    const hours = said.map(({ ScheduleExpression }) => {
      const [, hour] = /^cron\(0 (\d+) 1\/2 \* \? \*\)$/.exec(String(ScheduleExpression)) ?? [];
      return Number(hour);
    });
    expect(new Set(hours).size).toBe(aws.length);
    expect(hours.every((hour) => hour >= 0 && hour <= 23)).toBe(true);
  });

  it("is started by who may start this task alone, and pass on its roles to this service alone", () => {
    const { statements, task, definition } = scheduleOf(productionFleet(), "syd");
    const roles = [definition["ExecutionRoleArn"], definition["TaskRoleArn"]];
    expect(statements).toMatchObject([
      { Action: "ecs:RunTask", Resource: { Ref: task }, Condition: { ArnEquals: {} } },
      {
        Action: "iam:PassRole",
        Resource: roles,
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
      { Action: "sqs:SendMessage" },
    ]);
    expect(Object.keys(statements[0]?.["Condition"] as Properties)).toEqual(["ArnEquals"]);
    expect(statements).toHaveLength(3);
  });

  it("is switched off in a city on this machine", () => {
    expect(scheduleOf(localFleet(), "loc").properties["State"]).toBe("DISABLED");
  });
});
