import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { QueueDepths } from "#shared/ports/queue-depths.ts";
import { awsFaultOf } from "./aws-fault.ts";

const WAITING = "ApproximateNumberOfMessages";
const IN_FLIGHT = "ApproximateNumberOfMessagesNotVisible";

/** Depths of queues as SQS guesses them. @param options `dead`: every queue of what was put aside */
export function createSqsQueueDepths({
  client,
  connect,
  dead,
}: {
  readonly client: Pick<SQSClient, "send">;
  /** Addresses of queues. */
  readonly connect: string;
  readonly dead: readonly string[];
}): QueueDepths {
  async function depthOf(QueueUrl: string): Promise<number> {
    try {
      const AttributeNames = [WAITING, IN_FLIGHT] as const;
      const command = new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [...AttributeNames],
      });
      const { Attributes } = await client.send(command);
      return Number(Attributes?.[WAITING] ?? 0) + Number(Attributes?.[IN_FLIGHT] ?? 0);
    } catch (cause) {
      throw awsFaultOf(cause, `asking for the depth of ${QueueUrl}`);
    }
  }
  return {
    async read() {
      const [waiting = 0, ...aside] = await Promise.all([connect, ...dead].map(depthOf));
      return { connect: waiting, dead: aside.reduce((sum, depth) => sum + depth, 0) };
    },
  };
}
