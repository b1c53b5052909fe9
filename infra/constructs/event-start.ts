import {
  Effect,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import {
  CfnEventInvokeConfig,
  CfnFunction,
  CfnPermission,
  type IFunction,
} from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { CfnSubscription, type CfnTopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/** An event is tried three times in all; older than a few ticks it is worth nothing. */
const RETRIES = 2;
const AGE_SECONDS_MAX = 300;

/** What starts a function without waiting for it. */
export type EventSource =
  | { readonly kind: "topic"; readonly topic: CfnTopic }
  /** Every minute, by a schedule of this name. */
  | { readonly kind: "minute"; readonly name: string };

export interface EventStartProps {
  readonly function: IFunction;
  readonly source: EventSource;
  /** Where an event goes that failed each time. */
  readonly dead: Queue;
}

/** Starts a function on events: each hint of a topic, or each minute. @source cloud.md 2 */
export class EventStart extends Construct {
  constructor(scope: Construct, id: string, props: EventStartProps) {
    super(scope, id);
    const { source } = props;
    const child = props.function.node.defaultChild;
    // By hand: the construct would add to the role, which is written already.
    if (child instanceof CfnFunction) {
      child.deadLetterConfig = { targetArn: props.dead.queueArn };
    }
    new CfnEventInvokeConfig(this, "Tries", {
      functionName: props.function.functionName,
      qualifier: "$LATEST",
      maximumRetryAttempts: RETRIES,
      maximumEventAgeInSeconds: AGE_SECONDS_MAX,
    });
    if (source.kind === "topic") this.#subscribe(props, source.topic);
    else this.#schedule(props, source.name);
  }

  #subscribe({ function: started, dead }: EventStartProps, topic: CfnTopic): void {
    new CfnPermission(this, "Permission", {
      action: "lambda:InvokeFunction",
      functionName: started.functionArn,
      principal: "sns.amazonaws.com",
      sourceArn: topic.ref,
    });
    new CfnSubscription(this, "Subscription", {
      topicArn: topic.ref,
      protocol: "lambda",
      endpoint: started.functionArn,
      redrivePolicy: { deadLetterTargetArn: dead.queueArn },
    });
  }

  #schedule({ function: started, dead }: EventStartProps, name: string): void {
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com"),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            new PolicyStatement({
              effect: Effect.ALLOW,
              actions: ["lambda:InvokeFunction"],
              resources: [started.functionArn],
            }),
            new PolicyStatement({
              effect: Effect.ALLOW,
              actions: ["sqs:SendMessage"],
              resources: [dead.queueArn],
            }),
          ],
        }),
      },
    });
    new CfnSchedule(this, "Schedule", {
      name,
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: started.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: dead.queueArn },
        // The next tick says the same.
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
  }
}
