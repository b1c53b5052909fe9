import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { writeHint } from "#shared/messages/read-hint.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** Messages on a topic, which hands each to whoever subscribed. @source cloud.md 2 */
export function createSnsTopic<Message>({
  client,
  topicArn: TopicArn,
}: {
  readonly client: Pick<SNSClient, "send">;
  readonly topicArn: string;
}): WorkQueue<Message> {
  return {
    async send(message) {
      try {
        await client.send(new PublishCommand({ TopicArn, Message: writeHint(message) }));
      } catch (cause) {
        throw awsFaultOf(cause, `publishing to ${TopicArn}`);
      }
    },
  };
}
