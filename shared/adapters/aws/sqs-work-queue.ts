import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { writeHint } from "#shared/messages/read-hint.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** Where messages go, and how the queue tells them apart. */
export interface SqsWorkQueueOptions<Message> {
  readonly client: Pick<SQSClient, "send">;
  readonly queueUrl: string;
  /**
   * Of a first-in-first-out queue: the group whose messages wait for each other. Of any other one,
   * the group that shares its time with the others fairly is what `send` is given.
   */
  readonly group?: string;
  /**
   * Of a first-in-first-out queue: what is sent under one id twice within five minutes is dropped,
   * even after the first was consumed or died. So an id holds a minute or a revision.
   */
  readonly idOf?: (message: Message) => string;
}

/** Messages on an SQS queue. @source cloud.md 2 */
export function createSqsWorkQueue<Message>(
  options: SqsWorkQueueOptions<Message>,
): WorkQueue<Message> {
  const { client, queueUrl: QueueUrl, idOf } = options;
  return {
    async send(message, share) {
      const group = options.group ?? share;
      const command = new SendMessageCommand({
        QueueUrl,
        MessageBody: writeHint(message),
        ...(group === undefined ? {} : { MessageGroupId: group }),
        ...(idOf === undefined ? {} : { MessageDeduplicationId: idOf(message) }),
      });
      try {
        await client.send(command);
      } catch (cause) {
        throw awsFaultOf(cause, `sending to ${QueueUrl}`);
      }
    },
  };
}
