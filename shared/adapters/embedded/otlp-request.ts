import type { AttributeValue, HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { SpanAttributes } from "#shared/ports/traces.ts";

const SCOPE = { name: "exos" };
const NANOS = 1_000_000_000n;
/** Bits of `SpanFlags`: that it is said whether the parent is of another process, and that it is. */
const PARENT_KNOWN = 0x100;
const PARENT_REMOTE = 0x200;

/**
 * Spans as the body of an OTLP request. Ids are hex there, unlike in all other JSON of protocol
 * buffers, and times are decimal strings of nanoseconds.
 * @source opentelemetry-proto, trace/v1/trace.proto; OTLP 1.x, JSON Protobuf Encoding
 */
export function otlpRequest(spans: readonly ReadableSpan[], resource: SpanAttributes): string {
  const scopeSpans = [{ scope: SCOPE, spans: spans.map(spanOf) }];
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans }],
  });
}

function spanOf(span: ReadableSpan): object {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const { spanId: parent, isRemote } = span.parentSpanContext ?? {};
  return {
    traceId,
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    flags: traceFlags | PARENT_KNOWN | (isRemote === true ? PARENT_REMOTE : 0),
    name: span.name,
    // The API counts from 0; in the protocol 0 says nothing.
    kind: span.kind + 1,
    startTimeUnixNano: nanosOf(span.startTime),
    endTimeUnixNano: nanosOf(span.endTime),
    attributes: attributesOf(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    status: { code: span.status.code },
  };
}

function nanosOf([seconds, nanos]: HrTime): string {
  return String(BigInt(seconds) * NANOS + BigInt(Math.floor(nanos)));
}

function attributesOf(attributes: Readonly<Record<string, AttributeValue | undefined>>): object[] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    const told = anyValueOf(value);
    return told === undefined ? [] : [{ key, value: told }];
  });
}

/** @returns `undefined` for lists, of which our spans have none */
function anyValueOf(value: AttributeValue | undefined): object | undefined {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return undefined;
  }
}
