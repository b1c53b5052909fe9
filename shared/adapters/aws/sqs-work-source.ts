import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from "@aws-sdk/client-sqs";
import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/ports/log.ts";
import { messageSpan } from "#shared/ports/message-span.ts";
import { sleepOrStop } from "#shared/ports/sleep-or-stop.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { inSpan, type Traces } from "#shared/ports/traces.ts";
import type { WorkSource } from "#shared/ports/work-queue.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { nameOfQueue } from "./message-names.ts";

/** Where messages come from, and how they are handled. */
export interface SqsWorkSourceOptions<Message> {
  /** Its requests may take longer than `waitSeconds`. */
  readonly client: Pick<SQSClient, "send">;
  readonly queueUrl: string;
  /** @returns `undefined` for text that is no message: it is dropped */
  readonly read: (text: string) => Message | undefined;
  readonly log: Pick<Log, "warn">;
  readonly clock: Pick<Clock, "sleep">;
  /** Most messages handled at once, 1 to 10. */
  readonly concurrency: number;
  /** How long one request waits for a message; 20 unless given. */
  readonly waitSeconds?: number;
  /** When a failed message comes again; after the queue's own visibility unless given. */
  readonly retrySeconds?: number;
  /** Where the queue puts what it gives up; without it nobody counts that here. */
  readonly deadQueueUrl?: string;
  /** Each message is handled as a span of the trace in which it was sent. */
  readonly traces?: Traces | undefined;
}

/** Wait before the queue is asked again after it failed to answer. */
const PAUSE_MS = 1_000;

/** The receiving end of an SQS queue, for a process that runs on. @source cloud.md 2 */
export function createSqsWorkSource<Message>(
  options: SqsWorkSourceOptions<Message>,
): WorkSource<Message> {
  const { client, queueUrl: QueueUrl, log, clock, concurrency } = options;
  const { retrySeconds, deadQueueUrl, traces } = options;
  let unreadable = 0;

  /** @returns `undefined` when it was told to stop, or the queue did not answer */
  async function receive(count: number, signal: AbortSignal): Promise<SqsMessage[] | undefined> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: options.waitSeconds ?? 20,
      MessageSystemAttributeNames: ["ApproximateReceiveCount", "MessageGroupId"],
      ...(traces && { MessageAttributeNames: ["traceparent"] }),
    });
    try {
      return (await client.send(command, { abortSignal: signal })).Messages ?? [];
    } catch (cause) {
      if (signal.aborted) return undefined;
      const fault = awsFaultOf(cause, `receiving from ${QueueUrl}`);
      if (!fault.retryable) throw fault;
      log.warn(fault.code ?? "EXOS-E8100", "queue did not answer", { err: fault.message });
      await sleepOrStop(clock, PAUSE_MS, signal);
      return undefined;
    }
  }

  /** A request whose failure costs a repetition and nothing else. */
  async function tell(
    command: DeleteMessageCommand | ChangeMessageVisibilityCommand,
  ): Promise<void> {
    try {
      // One of two commands of one client: it has an overload for each, and none for both.
      await client.send(command as DeleteMessageCommand);
    } catch (cause) {
      const { code, message } = awsFaultOf(cause, `answering ${QueueUrl}`);
      log.warn(code ?? "EXOS-E8100", "queue was not told: the message comes again", {
        err: message,
      });
    }
  }

  async function deliver(
    { Body, ReceiptHandle, Attributes, MessageAttributes: more }: SqsMessage,
    handle: Parameters<WorkSource<Message>["consume"]>[0],
  ): Promise<void> {
    const done = () => tell(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    const message = options.read(Body ?? "");
    if (message === undefined) {
      log.warn("EXOS-E8110", "unreadable hint dropped", { count: ++unreadable });
      return done();
    }
    const attempt = Number(Attributes?.ApproximateReceiveCount ?? 1);
    const group = Attributes?.MessageGroupId;
    const delivery = { attempt, ...(group === undefined ? {} : { group }) };
    try {
      await inSpan(traces, spanOf(QueueUrl, more), () => handle(message, delivery));
    } catch (cause) {
      const code = (cause instanceof StoreFault ? cause.code : undefined) ?? "EXOS-E1000";
      log.warn(code, "work failed, tried again", { queue: QueueUrl, attempt, err: String(cause) });
      if (retrySeconds === undefined) return;
      const again = { QueueUrl, ReceiptHandle, VisibilityTimeout: retrySeconds };
      return tell(new ChangeMessageVisibilityCommand(again));
    }
    return done();
  }

  return {
    async consume(handle, signal) {
      const inFlight = new Set<Promise<void>>();
      while (!signal.aborted) {
        const free = concurrency - inFlight.size;
        if (free === 0) {
          await Promise.race(inFlight);
          continue;
        }
        // Never more than are begun at once: what waits here would wait nowhere else.
        for (const message of (await receive(free, signal)) ?? []) {
          const delivery = deliver(message, handle).finally(() => inFlight.delete(delivery));
          inFlight.add(delivery);
        }
      }
      await Promise.all(inFlight);
    },
    async depth() {
      const { waiting, inFlight } = await depthOf(client, QueueUrl);
      const dead = deadQueueUrl === undefined ? undefined : await depthOf(client, deadQueueUrl);
      return { waiting, inFlight, dead: dead?.waiting ?? 0 };
    },
  };
}

function spanOf(queueUrl: string, attributes: SqsMessage["MessageAttributes"]) {
  const route = { system: "aws_sqs", queue: nameOfQueue(queueUrl) };
  return messageSpan("process", route, attributes?.["traceparent"]?.StringValue);
}

async function depthOf(client: Pick<SQSClient, "send">, QueueUrl: string) {
  try {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return {
      waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  } catch (cause) {
    throw awsFaultOf(cause, `asking ${QueueUrl} for its depth`);
  }
}
