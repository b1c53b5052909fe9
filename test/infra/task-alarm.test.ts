import { beforeAll, describe, expect, it } from "vitest";
import { productionFleet, resourcesOf } from "../support/synthesised-fleet.ts";

beforeAll(() => {
  productionFleet();
});

type Properties = Readonly<Record<string, unknown>>;

function ofType(type: string): readonly Properties[] {
  return resourcesOf(productionFleet().stages.get("syd")).flatMap(({ resource }) =>
    resource.Type === type ? [resource.Properties ?? {}] : [],
  );
}

/** As EventBridge has it: every field of the pattern, any of its values, any element of an array. */
function matches(pattern: Properties, event: Properties): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === "$or") return (wanted as Properties[]).some((one) => matches(one, event));
    const given = [event[name]].flat();
    if (!Array.isArray(wanted)) {
      return given.some(
        (one) => one !== undefined && matches(wanted as Properties, one as Properties),
      );
    }
    return wanted.some((one) => given.some((value) => value !== undefined && fits(one, value)));
  });
}

function fits(wanted: unknown, value: unknown): boolean {
  const { "anything-but": refused } = Object(wanted) as { readonly "anything-but"?: unknown[] };
  return refused === undefined ? wanted === value : !refused.includes(value);
}

/** What ECS tells of the end of a task in Sydney. */
function ended(exitCode: number | undefined, change: Properties = {}): Properties {
  return {
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    detail: {
      clusterArn: "arn:aws:ecs:ap-southeast-2:111122223333:cluster/exos-prod-syd",
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      containers: [{ name: "load", ...(exitCode !== undefined && { exitCode }) }],
      ...change,
    },
  };
}

describe("the end of a task that loads, publishes or confirms", () => {
  it.each<[string, boolean, Properties]>([
    ["that failed", true, ended(1)],
    ["that ran out of memory", true, ended(137)],
    ["whose image was not there", true, ended(undefined, { stopCode: "TaskFailedToStart" })],
    ["that is done", false, ended(0)],
    ["that was told to stop, or left it to another", false, ended(3)],
    ["whose room was taken away", false, ended(137, { stopCode: "SpotInterruption" })],
    ["that only begins", false, ended(1, { lastStatus: "RUNNING" })],
    ["of the peers' task", false, ended(1, { containers: [{ name: "ingest", exitCode: 1 }] })],
    ["of another city", false, ended(1, { clusterArn: "arn:aws:ecs:eu-west-2:1:cluster/other" })],
  ])("%s is told: %s", (_, isTold, event) => {
    const [rule] = ofType("AWS::Events::Rule");
    expect(matches(rule?.["EventPattern"] as Properties, event)).toBe(isTold);
  });

  it("is told to the city's topic, by a role that may do nothing else", () => {
    const [{ Targets } = { Targets: [] }] = ofType("AWS::Events::Rule");
    const [target] = Targets as readonly Properties[];
    const [role] = ofType("AWS::IAM::Role").filter((one) =>
      JSON.stringify(one["AssumeRolePolicyDocument"]).includes("events.amazonaws.com"),
    );
    expect(role?.["Policies"]).toMatchObject([
      { PolicyDocument: { Statement: [{ Action: "sns:Publish", Resource: target?.["Arn"] }] } },
    ]);
    expect(JSON.stringify(target?.["RoleArn"])).toContain("Tasks");
    expect(ofType("AWS::IAM::Policy")).toEqual([]);
    expect(JSON.stringify(target?.["InputTransformer"])).toContain("exos fleet logs syd tells why");
  });
});

describe("the topic of a city's alarms", () => {
  it("hears CloudWatch of its own account", () => {
    const allowed = ofType("AWS::SNS::TopicPolicy").flatMap(({ PolicyDocument }) => {
      const { Statement } = PolicyDocument as { readonly Statement: readonly Properties[] };
      return Statement.filter(({ Effect }) => Effect === "Allow");
    });
    expect(allowed).toMatchObject([
      {
        Action: "sns:Publish",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
    ]);
  });
});
