import { CfnOutput } from "aws-cdk-lib";
import { CfnSubscription } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { CityQueues } from "#infra/constructs/city-queues.ts";
import { HintQueue } from "#infra/constructs/hint-queue.ts";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import { type CityNames, FUNCTIONS, functionName } from "#regions/city-names.ts";
import { followerOutput } from "#regions/city-outputs.ts";

/** An event is tried three times in all, as Lambda tries one. @source cloud.md 2 */
const TRIES = 3;

/**
 * Where an endpoint runs no functions, the topic hands its hints to one queue for each function that
 * follows it; whoever drives these functions takes them from there.
 */
export class DrivenFollowers extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { names, queues }: { readonly names: CityNames; readonly queues: CityQueues },
  ) {
    super(scope, id);
    for (const name of FUNCTIONS) {
      const { trigger, timeoutSeconds } = FUNCTION_SHAPES[name];
      if (trigger.kind !== "topic") continue;
      const { queue } = new HintQueue(this, name, {
        name: functionName(names, name),
        hiddenSeconds: timeoutSeconds,
        dead: { queue: queues.deadEvents, afterReceives: TRIES },
      });
      queues.takeFromTopic(queue);
      new CfnSubscription(this, `${name}-told`, {
        topicArn: queues.follow.ref,
        protocol: "sqs",
        endpoint: queue.queueArn,
      });
      new CfnOutput(scope, followerOutput(name), { value: queue.queueUrl });
    }
  }
}
