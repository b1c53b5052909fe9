import type { DrivenMessage } from "#services/cli/cloud/drive/settle-batch.ts";

/** A batch as a mapping of Lambda hands it to a function. @source aws-lambda SQSEvent */
export function queueEvent(messages: readonly DrivenMessage[]): unknown {
  const Records = messages.map(({ id, receipt, body, attributes, traceparent }) => ({
    messageId: id,
    receiptHandle: receipt,
    body,
    attributes,
    messageAttributes:
      traceparent === undefined
        ? {}
        : { traceparent: { stringValue: traceparent, dataType: "String" } },
    eventSource: "aws:sqs",
  }));
  return { Records };
}

/**
 * What a topic hands to a function, of messages in which a queue has it.
 *
 * @source aws-lambda SNSEvent
 */
export function topicEvent(messages: readonly DrivenMessage[]): unknown {
  const Records = messages.map(({ body }) => {
    const Sns: unknown = JSON.parse(body);
    return { EventVersion: "1.0", EventSource: "aws:sns", Sns };
  });
  return { Records };
}

/** What a schedule hands to a function: nothing that anybody reads. */
export function tickEvent(): unknown {
  return { source: "aws.scheduler", "detail-type": "Scheduled Event", detail: {} };
}
