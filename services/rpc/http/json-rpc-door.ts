import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { bodyOf } from "#services/rpc/http/body-of.ts";
import { charge } from "#services/rpc/http/charge.ts";
import { readBody } from "#services/rpc/http/check-size.ts";
import { checkSameSite } from "#services/rpc/http/cross-site.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { refuseRpc } from "#services/rpc/http/refuse-rpc.ts";
import type { JsonRpcServer } from "#services/rpc/json-rpc/json-rpc-server.ts";
import type { LoginCheck } from "#services/rpc/json-rpc/login.ts";
import { ANSWER_BYTES_MAX, limitsOf } from "#services/rpc/limits.ts";
import type { Refusal } from "#services/rpc/problems.ts";

/** JSON-RPC over HTTP: who may ask, then what. Refusals come before the login is looked at. */
export async function answerJsonRpc(
  c: Context<ApiEnv>,
  { server, login }: { server(): Promise<JsonRpcServer>; readonly login: LoginCheck },
  deps: RpcDeps,
): Promise<Response> {
  c.set("dialect", "json-rpc");
  c.set("route", "json-rpc");
  const entered = enter(c, login, deps);
  if (entered instanceof Response) return entered;
  const { bodyBytes } = limitsOf(deps.access);
  const body = await (c.env?.readBody?.(bodyBytes) ?? readBody(c.req.raw, bodyBytes));
  if (!body.ok) return refuseRpc(body.error);

  const session = c.get("session");
  const reply = await (await server()).answer(body.value, {
    session,
    mayCall: entered.mayCall,
    wallet: c.req.param("name"),
    requestId: c.get("requestId"),
    startedMs: c.get("started"),
    charge: (units) => charge(c, units, deps),
  });
  if (reply.refusal !== undefined) return refuseRpc(reply.refusal);
  if (reply.body !== undefined && reply.body.length > ANSWER_BYTES_MAX) {
    const detail = `The answer is over ${ANSWER_BYTES_MAX} bytes`;
    return refuseRpc({ code: "EXOS-E4130", detail });
  }
  const headers = new Headers({ "cache-control": "no-store" });
  if (reply.body !== undefined) headers.set("content-type", "application/json");
  if (reply.error !== undefined) headers.set("x-exos-error", reply.error);
  const content = reply.body === undefined ? null : bodyOf(reply.body);
  return new Response(content, { status: reply.status, headers });
}

/** A city lets everybody in and reads no login: what needs one is not there. */
function enter(
  c: Context<ApiEnv>,
  login: LoginCheck,
  deps: RpcDeps,
): Response | { mayCall(method: string): boolean } {
  const { access } = deps;
  if (access.kind === "city") return { mayCall: () => true };
  const foreign = checkSameSite(c.req.raw.headers) ?? checkPeer(c, deps);
  if (foreign !== undefined) return refuseRpc(foreign);
  const user = login(c.req.header("authorization"));
  if (user !== undefined) return { mayCall: (method) => access.mayCall(user, method) };
  const detail = "Log in with the content of the cookie file";
  const response = refuseRpc({ code: "EXOS-E4010", detail });
  response.headers.set("www-authenticate", 'Basic realm="jsonrpc"');
  return response;
}

function checkPeer(c: Context<ApiEnv>, { access }: RpcDeps): Refusal | undefined {
  // Without a socket there is no peer: the caller holds the function itself.
  const peer = c.env?.peer;
  if (peer === undefined || access.allowsAddress(peer)) return undefined;
  return { code: "EXOS-E4030", detail: "This address may not use JSON-RPC" };
}
