import { RPC_CODES } from "#services/rpc/json-rpc/rpc-error.ts";
import { problemResponse, type Refusal } from "#services/rpc/problems.ts";
import { ERROR_CATALOGUE } from "#shared/primitives/error-catalogue.ts";

/** Where JSON-RPC is mounted; each also with a slash at its end. @source interfaces.md 1.1 */
export const RPC_PATHS = ["/", "/rpc", "/rpc/", "/wallet/:name", "/wallet/:name/"] as const;

const RPC_PATH = /^\/(?:rpc\/?|wallet\/[^/]+\/?)?$/;

/** The answer to a refused request, in the form that whoever asks there can read. */
export function refuseRequest(
  request: { readonly method: string; readonly path: string },
  refusal: Refusal,
): Response {
  const isRpc = request.method === "POST" && RPC_PATH.test(request.path);
  return isRpc ? refuseRpc(refusal) : problemResponse(refusal, request.path);
}

/** A request that never became a call, in the form that every client of JSON-RPC can read. */
export function refuseRpc({ code, detail, retryAfterSeconds }: Refusal): Response {
  const number = code === "EXOS-E2001" ? RPC_CODES.starting : RPC_CODES.misc;
  const error = { code: number, message: detail };
  return new Response(JSON.stringify({ result: null, error, id: null }), {
    status: ERROR_CATALOGUE[code].status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-exos-error": code,
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
  });
}
