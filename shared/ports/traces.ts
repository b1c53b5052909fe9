/** What a span says. Names, sizes, hashes and codes: nothing secret, and no body of anything. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What is begun. */
export interface SpanStart {
  /** Of few different ones: what is done, not to which block. */
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  /** Named by OpenTelemetry's semantic conventions where they have a name. */
  readonly attributes?: SpanAttributes;
  /** `traceparent` of whoever caused it elsewhere; what is none begins a trace of its own. */
  readonly parent?: string | undefined;
  /** Where no trace is under way, none is begun: for what is done a thousand times a request. */
  readonly onlyWithin?: true;
}

/** A span while its work is done. */
export interface Span {
  /** As W3C Trace Context writes it, to be carried along; `undefined` outside of a trace. */
  readonly traceparent: string | undefined;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** It ended badly though nothing was thrown. @param type a code, or the name of an error */
  fail(type: string): void;
}

/**
 * Who did what for whom, and for how long. A share of all traces is recorded, chosen by their ids, so
 * that a trace is whole or absent. Work never waits for whoever collects them, and never fails by it:
 * what cannot be delivered, or is too much, is lost.
 *
 * Where nothing is traced there is no such port: `undefined` stands for it, and `inSpan` asks.
 * Implementations: `adapters/embedded/otel-traces.ts`, and `late-traces.ts`, which loads it. Both pass
 * `test/ports/traces.contract.ts`.
 */
export interface Traces {
  /** Do work as a span, inside of the one that is under way. @throws what the work throws */
  span<Result>(start: SpanStart, work: (span: Span) => Promise<Result>): Promise<Result>;
  /** Hand over what gathered, before a process is frozen or ends. Takes a second at most. */
  flush(): Promise<void>;
}

/** What an endpoint looks like: a login in it would be logged, a query would hold one. */
export const TRACE_ENDPOINT = /^https?:\/\/[\w.[\]:-]{1,255}(?:\/[\w.~/-]{0,255})?$/;

/** Where spans go to, and of how many traces. */
export interface TraceSettings {
  /** Base of an OTLP endpoint over HTTP, such as `http://127.0.0.1:4318`: `/v1/traces` is added. */
  readonly endpoint: string;
  /** Of all traces, 0 to 100. */
  readonly percent: number;
  /** What this process is, by OpenTelemetry's names: `service.name` at least. */
  readonly resource: SpanAttributes;
}

const UNTRACED: Span = {
  traceparent: undefined,
  rename: () => undefined,
  set: () => undefined,
  fail: () => undefined,
};

/** Do work as a span where somebody traces; else do it. @throws what the work throws */
export function inSpan<Result>(
  traces: Traces | undefined,
  start: SpanStart,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return traces === undefined ? work(UNTRACED) : traces.span(start, work);
}
