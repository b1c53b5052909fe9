import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";

/** Verbs that a span may be named after; whoever calls may invent others. */
const VERBS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "OPTIONS"]);
const SERVER_FAULT = 500;

/**
 * Answer one request as a span. A caller's own `traceparent` is not read: he would choose how many
 * traces are recorded.
 * @source OpenTelemetry semantic conventions, HTTP server spans
 */
export function traceRequest(
  c: Context<ApiEnv>,
  { traces, city }: Pick<RpcDeps, "traces" | "city">,
  answer: () => Promise<void>,
): Promise<void> {
  // Where nothing is traced nothing is said, for each request of thousands a second.
  if (traces === undefined) return answer();
  const verb = VERBS.has(c.req.method) ? c.req.method : "_OTHER";
  const attributes = {
    "http.request.method": verb,
    "url.path": c.req.path,
    "exos.city": city,
  };
  return traces.span({ name: verb, kind: "server", attributes }, async (span) => {
    await answer();
    const { status } = c.res;
    const route = c.get("route");
    if (route !== undefined) span.rename(`${verb} ${route}`);
    span.set({
      "http.response.status_code": status,
      "exos.request.id": c.get("requestId"),
      ...(route === undefined ? {} : { "http.route": route }),
    });
    if (status >= SERVER_FAULT) span.fail(String(status));
  });
}
