import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { DrivenQueue } from "#services/cli/cloud/drive/poll-queue.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";

/** Seconds that a poll waits, the longest there is. */
const WAIT_SECONDS = 20;
const POLL_MS = 30_000;

/** The queues of whatever endpoint the environment names, for whoever drives functions. */
export interface DrivenQueues extends Disposable {
  queueAt(url: string): DrivenQueue;
}

/** Builds the client and asks for nothing. */
export function composeDrive(): DrivenQueues {
  const client = createSqsClient({}, { requestMs: POLL_MS });
  return {
    queueAt: (QueueUrl) => ({
      async receive(max, signal) {
        const command = new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: max,
          WaitTimeSeconds: WAIT_SECONDS,
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["traceparent"],
        });
        try {
          const { Messages = [] } = await client.send(command, { abortSignal: signal });
          return Messages.map(
            ({
              MessageId = "",
              ReceiptHandle = "",
              Body = "",
              Attributes = {},
              MessageAttributes = {},
            }) => ({
              id: MessageId,
              receipt: ReceiptHandle,
              body: Body,
              attributes: Attributes,
              traceparent: MessageAttributes["traceparent"]?.StringValue,
            }),
          );
        } catch (cause) {
          throw awsFaultOf(cause, `waiting for messages of ${QueueUrl}`);
        }
      },
      async forget(messages) {
        const Entries = messages.map(({ receipt }, index) => ({
          Id: String(index),
          ReceiptHandle: receipt,
        }));
        try {
          // What is not forgotten comes again, and is handled again to the same end.
          await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
        } catch (cause) {
          throw awsFaultOf(cause, `forgetting messages of ${QueueUrl}`);
        }
      },
    }),
    [Symbol.dispose]: () => client.destroy(),
  };
}
