import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { SpanAttributes } from "#shared/ports/traces.ts";

/** A span as it arrived. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** As the protocol numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** Whether its parent is of another process. */
  readonly remote: boolean;
  /** 0 unset, 2 error. */
  readonly status: number;
  /** Nanoseconds. */
  readonly took: bigint;
  readonly attributes: SpanAttributes;
  readonly resource: SpanAttributes;
}

/** Takes OTLP over HTTP on the loopback, as a collector of OpenTelemetry does. */
export interface TraceCollector extends AsyncDisposable {
  /** What a node is told of it. */
  readonly endpoint: string;
  readonly spans: CollectedSpan[];
  /** Size of each batch. */
  readonly batches: number[];
  /** What arrived, as text. */
  readonly bodies: string[];
  /** What the next requests are answered with; `never`: nothing. */
  answer(status: number | "never"): void;
}

interface Attribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: string;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

interface OtlpSpan
  extends Omit<CollectedSpan, "status" | "took" | "attributes" | "resource" | "remote"> {
  readonly flags: number;
  readonly status: { readonly code: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

function attributesOf(list: readonly Attribute[]): SpanAttributes {
  return Object.fromEntries(
    list.map(({ key, value: { stringValue, intValue, doubleValue, boolValue } }) => [
      key,
      stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue ?? "") : Number(intValue)),
    ]),
  );
}

function spansOf({ resourceSpans }: OtlpRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        name: span.name,
        kind: span.kind,
        remote: (span.flags & 0x300) === 0x300,
        status: span.status.code,
        took: BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano),
        attributes: attributesOf(span.attributes),
        resource: attributesOf(resource.attributes),
      })),
    ),
  );
}

export async function openTraceCollector(): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const batches: number[] = [];
  const bodies: string[] = [];
  let status: number | "never" = 200;
  async function collect(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (status === "never") return;
    const isOtlp =
      request.method === "POST" &&
      request.url === "/v1/traces" &&
      request.headers["content-type"] === "application/json";
    if (isOtlp && status === 200) {
      const arrived = spansOf(JSON.parse(body));
      bodies.push(body);
      batches.push(arrived.length);
      spans.push(...arrived);
    }
    response.writeHead(isOtlp ? status : 404, { "content-type": "application/json" }).end("{}");
  }
  const server = createServer((request, response) => {
    // Of a process that ends while it sends.
    collect(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    ...{ spans, batches, bodies, endpoint: `http://127.0.0.1:${port}` },
    answer(next) {
      status = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
