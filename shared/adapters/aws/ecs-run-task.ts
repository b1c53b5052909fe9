import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** A task that is run once. */
export interface TaskToRun {
  /** ARN of the definition, or its family. */
  readonly definition: string;
  /** Name of the container. */
  readonly container: string;
  /** Words instead of those of the definition. */
  readonly command?: readonly string[];
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  /** A mark that is found beside it while it runs: at most 128 letters, digits, `-`, `_` and `/`. */
  readonly startedBy?: string | undefined;
}

/** How a task ended. */
export interface TaskEnd {
  /** `undefined`: its process never began. */
  readonly exitCode: number | undefined;
  /** In the words of ECS. */
  readonly reason: string;
}

/** Tasks of one cluster. */
export interface TaskRuns {
  /** @returns its ARN. @throws StoreFault, also when ECS has no place for it */
  run(task: TaskToRun): Promise<string>;
  /** Those of a family that start or run, at most a hundred. @param definition as it was run */
  running(
    definition: string,
  ): Promise<readonly { readonly task: string; readonly mark: string | undefined }[]>;
  /** @returns `undefined` while it has not ended */
  ended(arn: string): Promise<TaskEnd | undefined>;
}

/** On demand, not spot: what runs for an hour is not begun anew. @source cloud.md 5.4, 7.2 */
export function createEcsTaskRuns(options: {
  readonly client: Pick<ECSClient, "send">;
  readonly cluster: string;
}): TaskRuns {
  const { client, cluster } = options;
  return {
    async run({ definition, container, command, subnets, securityGroup, startedBy }) {
      const doing = `running ${definition}`;
      const request = new RunTaskCommand({
        cluster,
        taskDefinition: definition,
        count: 1,
        startedBy,
        capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
        platformVersion: "1.4.0",
        networkConfiguration: {
          awsvpcConfiguration: {
            assignPublicIp: "ENABLED",
            subnets: [...subnets],
            securityGroups: [securityGroup],
          },
        },
        ...(command && {
          overrides: { containerOverrides: [{ name: container, command: [...command] }] },
        }),
      });
      const { tasks, failures } = await client.send(request).catch((cause: unknown) => {
        throw awsFaultOf(cause, doing);
      });
      const arn = tasks?.[0]?.taskArn;
      if (arn !== undefined) return arn;
      const reason = failures?.[0]?.reason ?? "no task and no reason";
      throw new StoreFault(`${doing}: ${reason}`, { retryable: true, code: "EXOS-E8100" });
    },
    async running(definition) {
      const family = definition.replace(/^.*\//, "").replace(/:\d+$/, "");
      const doing = `looking for tasks of ${family}`;
      const ask = <Answer>(answer: Promise<Answer>) =>
        answer.catch((cause: unknown) => {
          throw awsFaultOf(cause, doing);
        });
      const { taskArns = [] } = await ask(
        client.send(new ListTasksCommand({ cluster, family, desiredStatus: "RUNNING" })),
      );
      if (taskArns.length === 0) return [];
      const { tasks = [] } = await ask(
        client.send(new DescribeTasksCommand({ cluster, tasks: taskArns })),
      );
      return tasks.flatMap(({ taskArn: task, startedBy: mark }) =>
        task === undefined ? [] : [{ task, mark }],
      );
    },
    async ended(arn) {
      const request = new DescribeTasksCommand({ cluster, tasks: [arn] });
      const { tasks } = await client.send(request).catch((cause: unknown) => {
        throw awsFaultOf(cause, `asking about ${arn}`);
      });
      const [task] = tasks ?? [];
      // ECS forgets a task an hour after its end.
      if (task === undefined) return { exitCode: undefined, reason: "ECS knows it no more" };
      if (task.lastStatus !== "STOPPED") return undefined;
      const exitCode = task.containers?.[0]?.exitCode;
      return { exitCode, reason: task.stoppedReason ?? "no reason given" };
    },
  };
}
