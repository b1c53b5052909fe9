import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { answerCacheable } from "#services/rpc/http/answer-cacheable.ts";
import { charge } from "#services/rpc/http/charge.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { withinTime } from "#services/rpc/http/within-time.ts";
import type { LoginCheck } from "#services/rpc/json-rpc/login.ts";
import { ANSWER_BYTES_MAX, REQUEST_SECONDS_MAX } from "#services/rpc/limits.ts";
import { problemResponse, refused } from "#services/rpc/problems.ts";
import type { Route } from "#services/rpc/routes/route.ts";

/** A route, and who may ask the local ones. */
export interface RouteDoor {
  readonly route: Route;
  readonly login: LoginCheck;
}

/** Why a stranger is not answered; `undefined`: this one is, or anybody may ask. */
export function refuseStranger(
  c: Context<ApiEnv>,
  { route, login }: RouteDoor,
): Response | undefined {
  if (route.reach !== "local" || login(c.req.header("authorization")) !== undefined) {
    return undefined;
  }
  const detail = "Log in with the content of the cookie file";
  const response = problemResponse({ code: "EXOS-E4010", detail }, c.req.path);
  response.headers.set("www-authenticate", 'Bearer realm="exos"');
  return response;
}

/** One route of `/v1`: its answer as JSON, validated by an entity tag. */
export async function answerRoute(
  c: Context<ApiEnv>,
  door: RouteDoor,
  deps: RpcDeps,
): Promise<Response> {
  const { route } = door;
  c.set("dialect", "v1");
  c.set("route", route.path);
  const stranger = refuseStranger(c, door);
  if (stranger !== undefined) return stranger;
  return answerWith(c, { route, raw: { params: c.req.param(), query: c.req.query() } }, deps);
}

/** The answer to what was asked, wherever in the request that stood. */
export async function answerWith(
  c: Context<ApiEnv>,
  { route, raw }: { readonly route: Route; readonly raw: Parameters<Route["answer"]>[0] },
  deps: RpcDeps,
): Promise<Response> {
  // The first unit was taken when the request came.
  const tooMany = route.cost > 1 ? charge(c, route.cost - 1, deps) : undefined;
  if (tooMany !== undefined) return problemResponse(tooMany, c.req.path);
  const late = refused("EXOS-E4080", `The answer took longer than ${REQUEST_SECONDS_MAX} s`);
  const work = route.answer(raw, c.get("session"), deps);
  const answer = await withinTime(work, REQUEST_SECONDS_MAX, late);
  if (!answer.ok) return problemResponse(answer.error, c.req.path);

  if (answer.value.at !== undefined) c.set("at", answer.value.at);
  const body = JSON.stringify(answer.value.value);
  if (body.length > ANSWER_BYTES_MAX) {
    const detail = `The answer is over ${ANSWER_BYTES_MAX} bytes`;
    return problemResponse({ code: "EXOS-E4130", detail }, c.req.path);
  }
  return answerCacheable(c, body, answer.value.cache);
}
