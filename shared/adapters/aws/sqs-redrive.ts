import {
  ListMessageMoveTasksCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { awsFaultOf } from "./aws-fault.ts";

/** How a queue of dead messages is being emptied. */
export interface Redrive {
  /** `running`: somebody began it before. */
  readonly state: "started" | "running";
  /** Messages to move, as SQS guesses them; `undefined` while it does not say. */
  readonly messages: number | undefined;
}

/**
 * Let SQS bring the messages of a dead queue back to the queues that they came from. Asked twice,
 * the second only looks: a queue is emptied by one task at a time.
 *
 * @source cloud.md 2
 */
export async function redriveQueue(
  client: Pick<SQSClient, "send">,
  SourceArn: string,
): Promise<Redrive> {
  const last = async () => {
    const list = new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 });
    return (await client.send(list)).Results?.[0];
  };
  try {
    const before = await last();
    const isRunning = before?.Status === "RUNNING";
    if (!isRunning) await client.send(new StartMessageMoveTaskCommand({ SourceArn }));
    const messages = (isRunning ? before : await last())?.ApproximateNumberOfMessagesToMove;
    return { state: isRunning ? "running" : "started", messages };
  } catch (cause) {
    throw awsFaultOf(cause, `bringing back the messages of ${SourceArn}`);
  }
}
