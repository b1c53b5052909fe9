import { inSpan, type Traces } from "#shared/ports/traces.ts";

/** What a run of a function is, by OpenTelemetry's names. */
export interface Invocation {
  readonly name: string;
  /** A schedule, or whoever invokes it by its name. */
  readonly trigger: "timer" | "other";
}

/**
 * Run a function that no queue, topic or URL starts as a span, and hand it over before the end, also
 * where that is a failure. Whoever invoked it may have put the trace that it is part of into the event.
 *
 * @throws what the work throws
 * @source OpenTelemetry semantic conventions, FaaS spans
 */
export async function traceInvocation<Result>(
  { name, trigger }: Invocation,
  { event, traces }: { readonly event?: unknown; readonly traces: Traces | undefined },
  work: () => Promise<Result>,
): Promise<Result> {
  const attributes = { "faas.trigger": trigger };
  const parent = traceparentOf(event);
  try {
    return await inSpan(traces, { name, kind: "server", parent, attributes }, work);
  } finally {
    await traces?.flush();
  }
}

function traceparentOf(event: unknown): string | undefined {
  if (typeof event !== "object" || event === null || !("traceparent" in event)) return undefined;
  return typeof event.traceparent === "string" ? event.traceparent : undefined;
}
