import { Duration } from "aws-cdk-lib";
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
} from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface HintQueueProps {
  /** Ends in `.fifo` for a queue that keeps the order of each group. */
  readonly name: string;
  /** How long a delivered message is hidden from other readers. */
  readonly hiddenSeconds: number;
  /** Where a message goes after so many deliveries; `undefined` for a queue of the dead. */
  readonly dead?: { readonly queue: Queue; readonly afterReceives: number };
}

/** How long the dead are kept, the longest there is; hints that nobody took are stale long before. */
const DEAD_DAYS = 14;
const HINT_DAYS = 4;

/** A queue of hints, encrypted, refused over plain HTTP. @source cloud.md 2 */
export class HintQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { name, hiddenSeconds, dead }: HintQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(hiddenSeconds),
      retentionPeriod: Duration.days(dead === undefined ? DEAD_DAYS : HINT_DAYS),
      receiveMessageWaitTime: Duration.seconds(20),
      ...(name.endsWith(".fifo") && {
        fifo: true,
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
      ...(dead && {
        deadLetterQueue: { queue: dead.queue, maxReceiveCount: dead.afterReceives },
      }),
    });
  }
}
