import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import {
  inSpan,
  type Span,
  type SpanStart,
  type TraceSettings,
  type Traces,
} from "#shared/ports/traces.ts";
import type { TracesDeps } from "./late-traces.ts";
import { createOtlpExporter, POST_MS_MAX } from "./otlp-exporter.ts";

/** Spans that wait for their batch; those beyond are lost. */
const QUEUE_SPANS_MAX = 2_048;
const BATCH_SPANS_MAX = 512;
const BATCH_MS = 5_000;
/** Of one attribute, in characters; of one span, in attributes. */
const VALUE_LENGTH_MAX = 256;
const ATTRIBUTES_MAX = 32;

const SCOPE = "exos";

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const satisfies Record<SpanStart["kind"], SpanKind>;

/** Version 00; ids of zeroes are none. @source W3C Trace Context, 3.2 */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & 1}`;
}

/** By name or code alone: what a fault says may quote what somebody sent. */
function typeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}

function handleOf(made: OtelSpan): Span {
  return {
    traceparent: traceparentOf(made.spanContext()),
    rename: (name) => void made.updateName(name),
    set: (attributes) => void made.setAttributes(attributes),
    fail(type) {
      made.setAttribute("error.type", type);
      made.setStatus({ code: SpanStatusCode.ERROR });
    },
  };
}

/**
 * Traces by OpenTelemetry's SDK, sent as OTLP over HTTP. What is under way is kept by this object and
 * not by the API's globals, so that several nodes of one process do not see each other's.
 */
export function createOtelTraces(settings: TraceSettings, deps: TracesDeps): Traces {
  const exporter = createOtlpExporter(settings, deps);
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: QUEUE_SPANS_MAX,
    maxExportBatchSize: BATCH_SPANS_MAX,
    scheduledDelayMillis: BATCH_MS,
    exportTimeoutMillis: 2 * POST_MS_MAX,
  });
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.percent / 100) }),
    spanLimits: {
      attributeCountLimit: ATTRIBUTES_MAX,
      attributeValueLengthLimit: VALUE_LENGTH_MAX,
    },
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer(SCOPE);
  const underWay = new AsyncLocalStorage<Context>();

  return {
    async span(start, work) {
      const inside = underWay.getStore();
      if (start.onlyWithin === true && inside === undefined) return inSpan(undefined, start, work);
      const from = parseTraceparent(start.parent);
      const within = from && trace.setSpanContext(ROOT_CONTEXT, from);
      const context = within ?? inside ?? ROOT_CONTEXT;
      const { attributes = {} } = start;
      const made = tracer.startSpan(start.name, { kind: KINDS[start.kind], attributes }, context);
      const span = handleOf(made);
      try {
        return await underWay.run(trace.setSpan(context, made), () => work(span));
      } catch (cause) {
        span.fail(typeOf(cause));
        throw cause;
      } finally {
        made.end();
      }
    },
    async flush() {
      // What was not delivered is lost, and the exporter has said so.
      await processor.forceFlush().catch(() => undefined);
      // A batch whose time had come is on its way, and the processor knows nothing of it any more.
      await exporter.settled();
    },
  };
}
