import type { ECSClient } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { TASK_SHAPES } from "#infra/functions.ts";
import { LOAD_COMMAND, loadCity } from "#services/cli/fleet/load-city.ts";
import { parseTaskArguments } from "#services/ingest/city/task-arguments.ts";
import { createEcsTaskRuns } from "#shared/adapters/aws/ecs-run-task.ts";
import { cannedClient } from "../../support/aws/canned-client.ts";

const TASK = {
  definition: "arn:definition:4",
  container: "load",
  subnets: ["subnet-1", "subnet-2"],
  securityGroup: "sg-1",
};

/** A city whose task ends after this many looks; what was done to it, in order. */
function city(looks: number, run: () => Promise<string> = async () => "arn:task", filledAt = 99) {
  const done: string[] = [];
  let generations = 0;
  const deps = {
    run: async (words: readonly string[]) => {
      done.push(`run ${words.join(" ")}`);
      return run();
    },
    ended: async () => (looks-- > 0 ? undefined : { exitCode: 0, reason: "done" }),
    generation: async () => (generations++ === 0 ? 4 : generations > filledAt ? 5 : undefined),
    connect: {
      set: async (isOn: boolean) => void done.push(isOn ? "on" : "off"),
      command: "turn it on",
    },
    clock: { sleep: async () => void done.push("sleep") },
    say: () => undefined,
  };
  return { deps, done };
}

describe("loading a city", () => {
  it("says to the container what its program understands", () => {
    expect(TASK_SHAPES.load.command).toEqual(LOAD_COMMAND);
    const [, ...words] = [...LOAD_COMMAND, "--refill"];
    expect(parseTaskArguments(words, {})).toMatchObject({ mode: "load", refill: true });
  });

  it("starts the task and leaves it to itself", async () => {
    const { deps, done } = city(2);
    expect(await loadCity({ refill: false }, deps)).toEqual({ state: "started", task: "arn:task" });
    expect(done).toEqual(["run services/ingest/main.ts load"]);
  });

  it("keeps connect off for as long as a city is filled anew", async () => {
    const { deps, done } = city(2);
    expect(await loadCity({ refill: true }, deps)).toMatchObject({ state: "ended" });
    expect(done).toEqual([
      "off",
      "run services/ingest/main.ts load --refill",
      "sleep",
      "sleep",
      "on",
    ]);
  });

  it("turns connect on as soon as the city has a new generation, though the task goes on", async () => {
    const { deps, done } = city(9, undefined, 2);
    const words = ["--from", "bucket"];
    const outcome = await loadCity({ refill: true, words }, deps);
    expect(outcome).toEqual({ state: "filled", task: "arn:task" });
    const run = "run services/ingest/main.ts load --from bucket --refill";
    expect(done).toEqual(["off", run, "sleep", "on"]);
  });

  it("turns connect on again when no task could be started", async () => {
    const { deps, done } = city(0, () => Promise.reject(new Error("no place")));
    await expect(loadCity({ refill: true }, deps)).rejects.toThrow("no place");
    expect(done).toEqual(["off", "run services/ingest/main.ts load --refill", "on"]);
  });
});

describe("a task on ECS that is run once", () => {
  const open = (answers: Readonly<Record<string, unknown>>) => {
    const given = Object.entries(answers).map(([name, answer]) => [name, () => answer] as const);
    const { client, asked } = cannedClient<ECSClient>(Object.fromEntries(given));
    return { tasks: createEcsTaskRuns({ client, cluster: "exos-prod-syd" }), asked };
  };

  it("runs in the city's network, on demand, with the words it was given", async () => {
    const { tasks, asked } = open({ RunTask: { tasks: [{ taskArn: "arn:task" }] } });
    expect(await tasks.run({ ...TASK, command: ["main.ts", "load", "--refill"] })).toBe("arn:task");
    expect(asked[0]?.[1]).toMatchObject({
      cluster: "exos-prod-syd",
      taskDefinition: "arn:definition:4",
      count: 1,
      capacityProviderStrategy: [{ capacityProvider: "FARGATE" }],
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ["subnet-1", "subnet-2"], securityGroups: ["sg-1"] },
      },
      overrides: {
        containerOverrides: [{ name: "load", command: ["main.ts", "load", "--refill"] }],
      },
    });
  });

  it("is no task where ECS has no place for it", async () => {
    const { tasks } = open({ RunTask: { tasks: [], failures: [{ reason: "RESOURCE:CPU" }] } });
    await expect(tasks.run(TASK)).rejects.toThrow("running arn:definition:4: RESOURCE:CPU");
  });

  it.each([
    [{ tasks: [{ lastStatus: "RUNNING" }] }, undefined],
    [
      { tasks: [{ lastStatus: "STOPPED", stoppedReason: "OOM", containers: [{ exitCode: 137 }] }] },
      { exitCode: 137, reason: "OOM" },
    ],
    [
      { tasks: [{ lastStatus: "STOPPED", stoppedReason: "no image", containers: [{}] }] },
      { exitCode: undefined, reason: "no image" },
    ],
    [{ tasks: [] }, { exitCode: undefined, reason: "ECS knows it no more" }],
  ])("ended as %j says", async (answer, end) => {
    expect(await open({ DescribeTasks: answer }).tasks.ended("arn:task")).toEqual(end);
  });
});
