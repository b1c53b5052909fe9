import type { SpanStart } from "./traces.ts";

/** Where a message goes, or came from. */
export interface MessageRoute {
  /** As OpenTelemetry names it, such as `aws_sqs`. */
  readonly system: string;
  /** Name of the queue or topic. */
  readonly queue: string;
}

/**
 * Sending a message, or handling it as part of the trace in which it was sent.
 * @param parent `traceparent` that came with it
 * @source OpenTelemetry semantic conventions, messaging spans
 */
export function messageSpan(
  operation: "send" | "process",
  { system, queue }: MessageRoute,
  parent?: string,
): SpanStart {
  return {
    name: `${operation} ${queue}`,
    kind: operation === "send" ? "producer" : "consumer",
    parent,
    attributes: {
      "messaging.system": system,
      "messaging.destination.name": queue,
      "messaging.operation.type": operation,
      "messaging.operation.name": operation,
    },
  };
}
