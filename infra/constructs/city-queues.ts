import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { HintQueue } from "#infra/constructs/hint-queue.ts";
import { FUNCTION_SHAPES } from "#infra/functions.ts";
import { plainHttpRefused } from "#infra/plain-http-refused.ts";
import type { CityNames } from "#regions/city-names.ts";

/** A queue that feeds a function hides what it delivered for six times the function's timeout. */
const HIDDEN_TIMES = 6;
/** But `connect`: its one message group waits meanwhile, and a killed run must not stop the city. */
const CONNECT_HIDDEN_SECONDS = 90;
/** The peer process takes from `announce` and forgets at once. */
const ANNOUNCE_HIDDEN_SECONDS = 30;

/** The queues of a city, its topic, and where both end when nobody could help. @source cloud.md 2 */
export class CityQueues extends Construct {
  readonly blocks: Queue;
  readonly connect: Queue;
  readonly transactions: Queue;
  readonly announce: Queue;
  readonly dead: Queue;
  readonly deadFifo: Queue;
  readonly deadEvents: Queue;
  readonly follow: CfnTopic;

  constructor(scope: Construct, id: string, { queues, topics }: CityNames) {
    super(scope, id);
    const { check, mempool } = FUNCTION_SHAPES;
    const make = (name: keyof CityNames["queues"], hiddenSeconds: number, dead?: HintQueue) => {
      const receives = { connect: 8, blocks: 5 }[name as string] ?? 3;
      return new HintQueue(this, `${name[0]?.toUpperCase()}${name.slice(1)}`, {
        name: queues[name],
        hiddenSeconds,
        ...(dead && { dead: { queue: dead.queue, afterReceives: receives } }),
      });
    };
    const dead = make("dead", 30);
    const deadFifo = make("deadFifo", 30);
    this.dead = dead.queue;
    this.deadFifo = deadFifo.queue;
    this.deadEvents = make("deadEvents", 30).queue;
    this.blocks = make("blocks", HIDDEN_TIMES * check.timeoutSeconds, dead).queue;
    this.connect = make("connect", CONNECT_HIDDEN_SECONDS, deadFifo).queue;
    this.transactions = make("transactions", HIDDEN_TIMES * mempool.timeoutSeconds, dead).queue;
    this.announce = make("announce", ANNOUNCE_HIDDEN_SECONDS, dead).queue;
    this.follow = new CfnTopic(this, "Follow", { topicName: topics.follow });
    new CfnTopicPolicy(this, "FollowPolicy", {
      topics: [this.follow.ref],
      policyDocument: plainHttpRefused("sns:Publish", this.follow.ref),
    });
    for (const queue of [this.announce, this.deadEvents]) this.takeFromTopic(queue);
    new CfnSubscription(this, "Announced", {
      topicArn: this.follow.ref,
      protocol: "sqs",
      endpoint: this.announce.queueArn,
      rawMessageDelivery: true,
      redrivePolicy: { deadLetterTargetArn: this.deadEvents.queueArn },
    });
  }

  /** Let the topic send to a queue. */
  takeFromTopic(queue: Queue): void {
    queue.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal("sns.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { "aws:SourceArn": this.follow.ref } },
      }),
    );
  }
}
