import type { Log } from "#shared/ports/log.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { Delivery } from "#shared/ports/work-queue.ts";

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
}

/** Handle one batch; what fails comes again, and nothing else does. @source cloud.md 2 */
export async function handleBatch<Message>(
  { Records }: BatchEvent,
  { read, handle, log, order }: BatchOptions<Message>,
): Promise<BatchAnswer> {
  let unreadable = 0;
  const isHandled = async ({ body, messageId, attributes }: BatchRecord): Promise<boolean> => {
    const message = read(body);
    if (message === undefined) {
      unreadable++;
      return true;
    }
    const attempt = Number(attributes.ApproximateReceiveCount);
    const group = attributes.MessageGroupId;
    try {
      await handle(message, { attempt, ...(group === undefined ? {} : { group }) });
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
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
