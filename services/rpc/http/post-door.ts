import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { readBody } from "#services/rpc/http/check-size.ts";
import { checkSameSite } from "#services/rpc/http/cross-site.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { answerWith, type RouteDoor, refuseStranger } from "#services/rpc/http/route-door.ts";
import { readJson } from "#services/rpc/json/read-json.ts";
import { limitsOf } from "#services/rpc/limits.ts";
import { problemResponse } from "#services/rpc/problems.ts";

/** One route of `/v1` that takes a body, and may change something: no foreign page may send it. */
export async function answerPost(
  c: Context<ApiEnv>,
  door: RouteDoor,
  deps: RpcDeps,
): Promise<Response> {
  const { route } = door;
  c.set("dialect", "v1");
  c.set("route", route.path);
  const isNode = deps.access.kind === "node";
  const foreign = isNode ? checkSameSite(c.req.raw.headers) : undefined;
  if (foreign !== undefined) return problemResponse(foreign, c.req.path);
  const stranger = refuseStranger(c, door);
  if (stranger !== undefined) return stranger;
  const limits = limitsOf(deps.access);
  const bodyBytes = route.takesTransaction ? limits.bodyBytes : limits.otherBodyBytes;
  const body = await (c.env?.readBody?.(bodyBytes) ?? readBody(c.req.raw, bodyBytes));
  if (!body.ok) return problemResponse(body.error, c.req.path);
  const parsed = readJson(body.value);
  if (!parsed.ok) {
    return problemResponse(
      { code: "EXOS-E4002", detail: `The body is ${parsed.error}` },
      c.req.path,
    );
  }
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return problemResponse(
      { code: "EXOS-E4000", detail: "The body is no JSON object" },
      c.req.path,
    );
  }
  return answerWith(c, { route, raw: { params: c.req.param(), query: value } }, deps);
}
