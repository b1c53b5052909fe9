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
  readonly log: Pick<Log, "warn">;
  /**
   * `apart`: all at once, each failing alone. `in-order`: one after the other, and the first that
   * fails takes all after it along, or the queue would deliver them before it.
   */
  readonly order: "apart" | "in-order";
  /** Each record is a span of the trace in which it was sent. All of it is told before the answer. */
  readonly traces?: Traces | undefined;
}

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
  let unreadable = 0;
  const isHandled = async (record: BatchRecord): Promise<boolean> => {
    const { body, messageId, attributes } = record;
    const message = read(body);
    if (message === undefined) {
      unreadable++;
      return true;
    }
    const attempt = Number(attributes.ApproximateReceiveCount);
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

  const failed: BatchRecord[] = [];
  if (order === "apart") {
    const handled = await Promise.all(Records.map(isHandled));
    failed.push(...Records.filter((_, index) => handled[index] === false));
  } else {
    for (const [index, record] of Records.entries()) {
      if (await isHandled(record)) continue;
      failed.push(...Records.slice(index));
      break;
    }
  }
  if (unreadable > 0) log.warn("EXOS-E8110", "unreadable hints dropped", { count: unreadable });
  await traces?.flush();
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
