import type { Log } from "#shared/ports/log.ts";
import { messageSpan } from "#shared/ports/message-span.ts";
import { inSpan, type Traces } from "#shared/ports/traces.ts";
import { nameOfArn } from "./message-names.ts";

/** Of what a topic hands to a function, what is read. @source aws-lambda SNSEvent */
export interface TopicEvent {
  readonly Records: readonly { readonly Sns: TopicRecord }[];
}

interface TopicRecord {
  readonly Message: string;
  readonly TopicArn?: string;
  /** Of the trace in which it was published. */
  readonly MessageAttributes?: { readonly traceparent?: { readonly Value?: string } };
}

function spanOf({ TopicArn = "", MessageAttributes }: TopicRecord) {
  const route = { system: "aws.sns", queue: nameOfArn(TopicArn) };
  return messageSpan("process", route, MessageAttributes?.traceparent?.Value);
}

/**
 * Handle what a topic delivers. A failure is thrown: the topic's function is called again, and ends
 * in the dead events.
 */
export async function handleTopic<Message>(
  { Records }: TopicEvent,
  {
    read,
    handle,
    log,
    traces,
  }: {
    /** @returns `undefined` for text that is no message: it is logged and dropped */
    readonly read: (text: string) => Message | undefined;
    readonly handle: (message: Message) => Promise<unknown>;
    readonly log: Pick<Log, "warn">;
    /** As of a batch: told before the end, also where it is a failure. */
    readonly traces?: Traces | undefined;
  },
): Promise<void> {
  try {
    for (const { Sns } of Records) {
      const message = read(Sns.Message);
      if (message === undefined) log.warn("EXOS-E8110", "unreadable hint dropped");
      else await inSpan(traces, spanOf(Sns), async () => handle(message));
    }
  } finally {
    await traces?.flush();
  }
}
