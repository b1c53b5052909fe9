import type { Log } from "#shared/ports/log.ts";
import { messageSpan } from "#shared/ports/message-span.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { inSpan, type Traces } from "#shared/ports/traces.ts";
import type { Delivery } from "#shared/ports/work-queue.ts";
import { nameOfArn } from "./message-names.ts";

/** Of a batch that a queue hands to a function, what is read. @source aws-lambda SQSEvent */
export interface BatchEvent {
  readonly Records: readonly BatchRecord[];
}

interface BatchRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly MessageGroupId?: string | undefined;
  };
  /** Of the trace in which it was sent. */
  readonly messageAttributes?: { readonly traceparent?: { readonly stringValue?: string } };
  readonly eventSourceARN?: string;
}

/** Which records come again. @source aws-lambda SQSBatchResponse */
export interface BatchAnswer {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** How the records of one queue are handled. */
export interface BatchOptions<Message> {
  /** @returns `undefined` for text that is no message: it is counted, logged and dropped */
  readonly read: (text: string) => Message | undefined;
  readonly handle: (message: Message, delivery: Delivery) => Promise<unknown>;
  /** Told of what fails, and of what comes again: whoever was cut short could not say so himself. */
  readonly log: Pick<Log, "info" | "warn">;
  /**
   * `apart`: all at once, each failing alone. `as-one`: all of them ask for the same, which is done
   * once, for the last of them; where it fails they all come again, in their order.
   */
  readonly order: "apart" | "as-one";
  /** Each record that is handled is a span of the trace in which it was sent, told before the answer. */
  readonly traces?: Traces | undefined;
}

type Readable<Message> = readonly [record: BatchRecord, message: Message];

const attemptOf = ({ attributes }: BatchRecord) => Number(attributes.ApproximateReceiveCount);

function spanOf({ messageId, messageAttributes, eventSourceARN = "" }: BatchRecord) {
  const route = { system: "aws_sqs", queue: nameOfArn(eventSourceARN) };
  const start = messageSpan("process", route, messageAttributes?.traceparent?.stringValue);
  return { ...start, attributes: { ...start.attributes, "messaging.message.id": messageId } };
}

/** Handle one batch; what fails comes again, and nothing else does. @source cloud.md 2 */
export async function handleBatch<Message>(
  { Records }: BatchEvent,
  { read, handle, log, order, traces }: BatchOptions<Message>,
): Promise<BatchAnswer> {
  const isHandled = async ([record, message]: Readable<Message>, attempt: number) => {
    const { messageId, attributes } = record;
    const group = attributes.MessageGroupId;
    const delivery = { attempt, ...(group === undefined ? {} : { group }) };
    try {
      await inSpan(traces, spanOf(record), async () => handle(message, delivery));
      return true;
    } catch (cause) {
      const code = (cause instanceof StoreFault ? cause.code : undefined) ?? "EXOS-E1000";
      log.warn(code, "work failed, comes again", { messageId, attempt, err: String(cause) });
      return false;
    }
  };

  for (const record of Records) {
    const attempt = attemptOf(record);
    if (attempt > 1) log.info("delivered again", { messageId: record.messageId, attempt });
  }
  const readable = Records.flatMap((record): Readable<Message>[] => {
    const message = read(record.body);
    return message === undefined ? [] : [[record, message]];
  });
  const last = readable.at(-1);
  let failed: readonly Readable<Message>[] = [];
  if (order === "apart") {
    const handled = await Promise.all(readable.map((one) => isHandled(one, attemptOf(one[0]))));
    failed = readable.filter((_, at) => handled[at] === false);
  } else if (
    last !== undefined &&
    !(await isHandled(last, Math.max(...readable.map(([record]) => attemptOf(record)))))
  ) {
    failed = readable;
  }
  const unreadable = Records.length - readable.length;
  if (unreadable > 0) log.warn("EXOS-E8110", "unreadable hints dropped", { count: unreadable });
  await traces?.flush();
  return { batchItemFailures: failed.map(([{ messageId }]) => ({ itemIdentifier: messageId })) };
}
