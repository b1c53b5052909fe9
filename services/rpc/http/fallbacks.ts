import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { refuseRequest } from "#services/rpc/http/refuse-rpc.ts";
import { problemResponse } from "#services/rpc/problems.ts";
import { storeCode, toldOfFault } from "#services/rpc/told-of-fault.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** What no route took: another verb, a question for the verbs, or an unknown path. */
export function answerUnrouted(
  c: Context<ApiEnv>,
  verbs: ReadonlyMap<string, string>,
  deps: RpcDeps,
): Response {
  const found = [...verbs].find(([pattern]) => matches(pattern, c.req.path));
  if (found === undefined) {
    return problemResponse({ code: "EXOS-E4040", detail: "Nothing answers here" }, c.req.path);
  }
  const allow = `${found[1]}, OPTIONS`;
  if (c.req.method === "OPTIONS") return answerOptions(c, allow, deps);
  const detail = `${c.req.method} is not one of ${allow}`;
  const response = problemResponse({ code: "EXOS-E4050", detail }, c.req.path);
  response.headers.set("allow", allow);
  return response;
}

/** Also a preflight, where a page of a listed origin asks for a public route. */
function answerOptions(c: Context<ApiEnv>, allow: string, { access }: RpcDeps): Response {
  const headers = new Headers({ allow, "cache-control": "no-store" });
  if (access.kind === "city") {
    headers.set("access-control-allow-headers", "content-type, if-none-match, x-request-id");
    headers.set("access-control-allow-methods", allow);
    headers.set("access-control-max-age", "86400");
  } else if (access.origins.length > 0 && allow.startsWith("GET")) {
    headers.set("access-control-allow-methods", allow);
    headers.set("access-control-max-age", "86400");
  }
  c.set("route", "OPTIONS");
  return new Response(null, { status: 204, headers });
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split("/");
  const given = path.split("/");
  return (
    expected.length === given.length &&
    expected.every((part, place) =>
      part.startsWith(":") ? given[place] !== "" : part === given[place],
    )
  );
}

/** A fault of the world is an answer with its code; one of ours is logged, and shown to nobody. */
export function answerFault(c: Context<ApiEnv>, fault: Error, deps: RpcDeps): Response {
  const { log } = deps;
  const about = { route: c.get("route") ?? "none", requestId: c.get("requestId") };
  if (fault instanceof StoreFault) {
    const code = storeCode(fault);
    log.error(code, "A store failed a request", { ...about, err: fault.message });
    const retry = fault.retryable ? { retryAfterSeconds: 1 } : {};
    const detail = toldOfFault(fault, deps, about.requestId);
    return refuseRequest(c.req, { code, detail, ...retry });
  }
  log.error("EXOS-E9001", "A request met a fault of this program", {
    ...about,
    err: fault.stack ?? fault.message,
  });
  const detail = "The node's log says more, under this answer's X-Request-Id";
  return refuseRequest(c.req, { code: "EXOS-E9001", detail });
}
