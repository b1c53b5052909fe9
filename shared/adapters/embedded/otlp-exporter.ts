import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { TraceSettings } from "#shared/ports/traces.ts";
import type { TracesDeps } from "./late-traces.ts";
import { otlpRequest } from "./otlp-request.ts";

/** How long one batch may take; what takes longer is lost. */
export const POST_MS_MAX = 1_000;
/** How long nobody is asked who did not take a batch: that second is not spent again and again. */
const PAUSE_MS = 30_000;
/** Batches on their way at once, a full queue and one before it; those beyond are lost. */
const POSTS_MAX = 5;
/** As the SDK counts them. */
const DONE = { code: 0 } as const;
const LOST = { code: 1 } as const;

/** Sends batches. */
export interface OtlpExporter extends SpanExporter {
  /** Resolves once nothing is on its way. */
  settled(): Promise<void>;
}

/**
 * Sends spans as OTLP's JSON over HTTP. No batch is sent twice. Whoever does not answer is told of
 * once, until he answers again, and is left in peace for half a minute after each failure.
 *
 * The package that does this brings five others, metrics and logs among them, 4.8 MB; a function
 * would load them for 15 ms, this for less than one.
 * @source OpenTelemetry Protocol 1.x, OTLP/HTTP, JSON Protobuf Encoding
 */
export function createOtlpExporter(
  { endpoint, resource }: TraceSettings,
  { log, clock }: TracesDeps,
): OtlpExporter {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  const posts = new Set<Promise<void>>();
  let isDown = false;
  let pausedUntilMs = 0;

  function failed(reason: string): void {
    pausedUntilMs = clock.elapsedMs() + PAUSE_MS;
    if (isDown) return;
    isDown = true;
    log.warn("EXOS-E8150", "traces were not taken: spans are lost, and nothing else", {
      endpoint: url,
      reason,
    });
  }

  async function post(body: string): Promise<boolean> {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        redirect: "error",
        signal: AbortSignal.timeout(POST_MS_MAX),
      });
      await answer.body?.cancel();
      if (answer.ok) isDown = false;
      else failed(`answered ${answer.status}`);
      return answer.ok;
    } catch (cause) {
      failed(reasonOf(cause));
      return false;
    }
  }

  return {
    export(spans: ReadableSpan[], done) {
      if (clock.elapsedMs() < pausedUntilMs || posts.size >= POSTS_MAX) return done(LOST);
      const sent = post(otlpRequest(spans, resource)).then((isTaken) => {
        posts.delete(sent);
        done(isTaken ? DONE : LOST);
      });
      posts.add(sent);
    },
    async settled() {
      await Promise.all(posts);
    },
    shutdown: () => Promise.resolve(),
  };
}

/** In a word of Node's, such as `ECONNREFUSED`, `TimeoutError` or `bad port`. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown";
  const { cause: inner, name } = cause;
  if (!(inner instanceof Error)) return name;
  return "code" in inner ? String(inner.code) : inner.message;
}
