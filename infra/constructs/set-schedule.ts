import {
  Effect,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { PeerTask } from "#infra/constructs/peer-task.ts";
import type { CityNames } from "#regions/city-names.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";

/** There may be no room on Spot for a while. */
const RETRIES = 3;
const AGE_SECONDS_MAX = 3_600;
const HOURS = 24;

export interface SetScheduleProps {
  readonly names: CityNames;
  readonly task: Pick<PeerTask, "cluster" | "set" | "passed">;
  readonly network: { readonly subnets: readonly string[]; readonly securityGroup: string };
  /** Where a start goes that failed each time. */
  readonly dead: Queue;
}

/**
 * Runs the task that publishes the city's set, and who holds most of it, every other day, each city at
 * an hour of its own. A set of a chain of four million blocks takes half an hour of one vCPU: of every
 * day it would be $0.30 a month, and a city that watches the fleet has $0.02 left below its bar. A city
 * on this machine has the schedule switched off: nothing starts a task in the middle of a rehearsal.
 *
 * @source cloud.md 1, 6, 16 (10)
 */
export class SetSchedule extends Construct {
  constructor(scope: Construct, id: string, props: SetScheduleProps) {
    super(scope, id);
    const { names, task, network, dead } = props;
    const role = this.#createRole(props);
    new CfnSchedule(this, "Schedule", {
      name: `${names.prefix}-set`,
      scheduleExpression: `cron(0 ${hourOf(names)} 1/2 * ? *)`,
      flexibleTimeWindow: { mode: "OFF" },
      state: ENVIRONMENTS[names.environment].protected ? "ENABLED" : "DISABLED",
      target: {
        arn: task.cluster.attrArn,
        roleArn: role.roleArn,
        ecsParameters: {
          taskDefinitionArn: task.set.ref,
          taskCount: 1,
          // Whoever is stopped for want of room publishes two days later.
          capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
          platformVersion: "1.4.0",
          networkConfiguration: {
            awsvpcConfiguration: {
              assignPublicIp: "ENABLED",
              subnets: [...network.subnets],
              securityGroups: [network.securityGroup],
            },
          },
        },
        deadLetterConfig: { arn: dead.queueArn },
        retryPolicy: { maximumRetryAttempts: RETRIES, maximumEventAgeInSeconds: AGE_SECONDS_MAX },
      },
    });
  }

  #createRole({ task, dead }: SetScheduleProps): Role {
    const allow = (action: string, resources: string[], conditions?: Record<string, object>) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [action],
        resources,
        ...(conditions && { conditions }),
      });
    return new Role(this, "Role", {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com"),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            allow("ecs:RunTask", [task.set.ref], {
              ArnEquals: { "ecs:cluster": task.cluster.attrArn },
            }),
            // The task's own roles, to this service alone.
            allow("iam:PassRole", [...task.passed], {
              StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
            }),
            allow("sqs:SendMessage", [dead.queueArn]),
          ],
        }),
      },
    });
  }
}

/** Hour of the day, UTC: the cities of an environment are dealt out over the day. */
function hourOf({ environment, code }: CityNames): number {
  const cities = citiesOf(environment);
  const place = cities.findIndex((city) => city.code === code);
  return Math.floor((HOURS * Math.max(0, place)) / cities.length);
}
