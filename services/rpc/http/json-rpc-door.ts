import type { Context } from "hono";
import type { RpcDeps } from "#services/rpc/deps.ts";
import { bodyOf } from "#services/rpc/http/body-of.ts";
import { readBody } from "#services/rpc/http/check-size.ts";
import { checkSameSite } from "#services/rpc/http/cross-site.ts";
import type { ApiEnv } from "#services/rpc/http/finish.ts";
import { refuseRpc } from "#services/rpc/http/refuse-rpc.ts";
import type { JsonRpcServer } from "#services/rpc/json-rpc/json-rpc-server.ts";
import type { LoginCheck } from "#services/rpc/json-rpc/login.ts";
import { ANSWER_BYTES_MAX } from "#services/rpc/limits.ts";
import type { Refusal } from "#services/rpc/problems.ts";

/** JSON-RPC over HTTP: who may ask, then what. Refusals come before the login is looked at. */
export async function answerJsonRpc(
  c: Context<ApiEnv>,
  { server, login }: { readonly server: JsonRpcServer; readonly login: LoginCheck },
  deps: RpcDeps,
): Promise<Response> {
  c.set("dialect", "json-rpc");
  c.set("route", "json-rpc");
  const { access } = deps;
  const foreign = checkSameSite(c.req.raw.headers) ?? checkPeer(c, deps);
  if (foreign !== undefined) return refuseRpc(foreign);
  const user = login(c.req.header("authorization"));
  if (user === undefined) {
    const detail = "Log in with the content of the cookie file";
    const response = refuseRpc({ code: "EXOS-E4010", detail });
    response.headers.set("www-authenticate", 'Basic realm="jsonrpc"');
    return response;
  }
  const body = await (c.env?.readBody?.() ?? readBody(c.req.raw));
  if (!body.ok) return refuseRpc(body.error);

  const session = c.get("session");
  const mayCall = (method: string) => access.mayCall(user, method);
  const reply = await server.answer(body.value, {
    session,
    mayCall,
    wallet: c.req.param("name"),
    requestId: c.get("requestId"),
  });
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

function checkPeer(c: Context<ApiEnv>, { access }: RpcDeps): Refusal | undefined {
  // Without a socket there is no peer: the caller holds the function itself.
  const peer = c.env?.peer;
  if (peer === undefined || access.allowsAddress(peer)) return undefined;
  return { code: "EXOS-E4030", detail: "This address may not use JSON-RPC" };
}
