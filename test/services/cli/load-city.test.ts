import type { ECSClient } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { TASK_SHAPES } from "#infra/functions.ts";
import { LOAD_COMMAND, loadCity } from "#services/cli/fleet/load-city.ts";
import { parseTaskArguments } from "#services/ingest/city/task-arguments.ts";
import { createEcsTaskRuns } from "#shared/adapters/aws/ecs-run-task.ts";
import { cannedClient } from "../../support/aws/canned-client.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";

const TASK = {
  definition: "arn:definition:4",
  container: "load",
  subnets: ["subnet-1", "subnet-2"],
  securityGroup: "sg-1",
};

interface CityOptions {
  /** Looks after which a task has ended, and after which it has filled the city. */
  readonly endsAfter?: number;
  readonly fillsAfter?: number;
  readonly run?: () => void;
}

/** A city with the generation 4, where time goes on as it is waited for; what was done, in order. */
function city({ endsAfter = 3, fillsAfter = 2, run = () => undefined }: CityOptions = {}) {
  const done: string[] = [];
  const state = { isOn: true, generation: 4 as number | undefined };
  const tasks: { readonly task: string; readonly mark: string | undefined; looks: number }[] = [];
  const deps = {
    async run(words: readonly string[], mark?: string) {
      done.push(`run ${words.join(" ")}`);
      run();
      tasks.push({ task: `arn:task-${tasks.length}`, mark, looks: 0 });
      return `arn:task-${tasks.length - 1}`;
    },
    running: async () => tasks.filter(({ looks }) => looks < endsAfter),
    ended: async (arn: string) =>
      tasks.some(({ task, looks }) => task === arn && looks < endsAfter)
        ? undefined
        : { exitCode: 0, reason: "done" },
    generation: async () => state.generation,
    connect: {
      isOn: async () => state.isOn,
      async set(isOn: boolean) {
        done.push(isOn ? "on" : "off");
        state.isOn = isOn;
      },
    },
    again: "exos fleet load syd",
    clock: {
      async sleep() {
        done.push("sleep");
        passes();
      },
    },
    say: (line: string) => void done.push(line),
  };
  /** A refill forgets the tip first, and has a new one later. */
  function passes(): void {
    for (const one of tasks) {
      one.looks++;
      if (one.mark === undefined || one.looks > endsAfter) continue;
      if (one.looks === 1) state.generation = undefined;
      if (one.looks >= fillsAfter) state.generation = 5;
    }
  }
  return { deps, done, state, tasks, passes };
}

const REFILL = "run services/ingest/main.ts load --refill";
const GOES_OFF =
  "connect goes off until the city is filled; if this is stopped before: exos fleet load syd";

describe("loading a city", () => {
  it("says to the container what its program understands", () => {
    expect(TASK_SHAPES.load.command).toEqual(LOAD_COMMAND);
    const [, ...words] = [...LOAD_COMMAND, "--refill"];
    expect(parseTaskArguments(words, {})).toMatchObject({ mode: "load", refill: true });
  });

  it("starts the task and leaves it to itself", async () => {
    const { deps, done } = city();
    const started = { state: "started", task: "arn:task-0" };
    expect(await loadCity({ refill: false }, deps)).toEqual(started);
    expect(done).toEqual(["run services/ingest/main.ts load"]);
  });

  it("says how to go on before connect is off, for as long as a city is filled anew", async () => {
    const { deps, done } = city({ endsAfter: 2, fillsAfter: 9 });
    expect(await loadCity({ refill: true }, deps)).toMatchObject({ state: "ended" });
    const waited = ["started arn:task-0", "sleep", "sleep", "on", "connect is on again"];
    expect(done).toEqual([GOES_OFF, "off", REFILL, ...waited]);
  });

  it("turns connect on as soon as the city has a new generation, though the task goes on", async () => {
    const { deps, done } = city({ endsAfter: 9 });
    const words = async (isRefill: boolean) => ["--from", isRefill ? "bucket" : "itself"];
    const outcome = await loadCity({ refill: true, words }, deps);
    expect(outcome).toEqual({ state: "filled", task: "arn:task-0" });
    expect(done).toContain("run services/ingest/main.ts load --from bucket --refill");
    expect(done.slice(-3)).toEqual(["sleep", "on", "connect is on again"]);
  });

  it("turns connect on again when no task could be started", async () => {
    const { deps, done } = city({
      run: () => {
        throw new Error("no place");
      },
    });
    await expect(loadCity({ refill: true }, deps)).rejects.toThrow("no place");
    expect(done).toEqual([GOES_OFF, "off", REFILL, "on"]);
  });
});

describe("loading a city again, after that was stopped", () => {
  /** Stopped in its wait, after this many looks. */
  async function stopped(looks: number, options?: CityOptions) {
    const world = city(options);
    const { clock } = world.deps;
    let left = looks;
    const sleep = () => (left-- > 0 ? clock.sleep() : Promise.reject(new CrashError("stopped")));
    const load = loadCity({ refill: true }, { ...world.deps, clock: { sleep } });
    await expect(load).rejects.toThrow(CrashError);
    expect(world.state.isOn).toBe(false);
    return world;
  }

  it.each([0, 1])("waits on for the task that runs, after %i looks", async (looks) => {
    const { deps, state, tasks } = await stopped(looks);
    expect(await loadCity({ refill: false }, deps)).toEqual({
      state: "filled",
      task: "arn:task-0",
    });
    expect(state).toEqual({ isOn: true, generation: 5 });
    expect(tasks).toHaveLength(1);
  });

  it("turns connect on where the task has filled the city meanwhile, and does no more", async () => {
    const { deps, state, tasks, passes } = await stopped(1);
    for (let look = 0; look < 9; look++) passes();
    for (const refill of [false, true]) {
      state.isOn = false;
      expect(await loadCity({ refill }, deps)).toEqual({ state: "connected" });
      expect(state).toEqual({ isOn: true, generation: 5 });
    }
    expect(tasks).toHaveLength(1);
  });

  it("fills a city that was left without a tip, and with none of its own sets", async () => {
    const { deps, done, state, passes } = await stopped(1, { endsAfter: 2, fillsAfter: 2 });
    passes();
    state.generation = undefined;
    const words = async (isRefill: boolean) => (isRefill ? ["--from", "bucket"] : []);
    expect(await loadCity({ refill: false, words }, deps)).toMatchObject({ state: "ended" });
    expect(done).toContain("run services/ingest/main.ts load --from bucket --refill");
    expect(state).toEqual({ isOn: true, generation: 5 });
  });

  it.each(["before", "after"] as const)(
    "ends with connect on and one task, killed %s any call",
    async (when) => {
      let call = 0;
      for (let isWhole = false; !isWhole; ) {
        const { deps, state, tasks } = city();
        const ports = { deps, connect: deps.connect, clock: deps.clock };
        const dying = crashAt(ports, { call: ++call, when });
        const killed = { ...dying.deps, connect: dying.connect, clock: dying.clock };
        isWhole = await loadCity({ refill: true }, { ...killed, say: deps.say }).then(
          () => true,
          () => false,
        );
        if (!isWhole && !state.isOn) await loadCity({ refill: false }, deps);
        expect(state.isOn, `call ${call}`).toBe(true);
        expect(state.generation, `call ${call}`).toBe(tasks.length === 0 ? 4 : 5);
        expect(tasks.length, `call ${call}`).toBeLessThan(2);
      }
      expect(call).toBeGreaterThan(9);
    },
  );
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

  it("is found by its family with the mark that it was run with", async () => {
    const marked = { taskArn: "arn:1", startedBy: "refill-4" };
    const { tasks, asked } = open({
      RunTask: { tasks: [marked] },
      ListTasks: { taskArns: ["arn:1", "arn:2"] },
      DescribeTasks: { tasks: [marked, { taskArn: "arn:2" }] },
    });
    await tasks.run({ ...TASK, startedBy: "refill-4" });
    expect(asked[0]?.[1]).toMatchObject({ startedBy: "refill-4" });
    expect(await tasks.running("arn:aws:ecs:x:1:task-definition/exos-prod-syd-load:4")).toEqual([
      { task: "arn:1", mark: "refill-4" },
      { task: "arn:2", mark: undefined },
    ]);
    expect(asked[1]?.[1]).toMatchObject({ family: "exos-prod-syd-load", desiredStatus: "RUNNING" });
    expect(await open({ ListTasks: {} }).tasks.running("load")).toEqual([]);
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
