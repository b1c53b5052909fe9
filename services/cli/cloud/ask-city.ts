import * as z from "zod";
import { fetchHere, HERE } from "#services/cli/cloud/fetch-here.ts";
import { LOCAL_REGION, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";

const ANSWER = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).nullish(),
});
const ANSWER_MS_MAX = 30_000;

/**
 * Where the function of a URL answers on this machine: the printed name is one of AWS, or none at all,
 * and its first label is the function's id. LocalStack tells functions apart by the name they are
 * called by, MiniStack by a path.
 *
 * @returns without a slash at its end
 */
export function localUrlOf(
  { kind, url }: Pick<LocalEndpoint, "url"> & Partial<Pick<LocalEndpoint, "kind">>,
  functionUrl: string,
): string {
  const [, id = ""] = /^https?:\/\/([^./]+)\./.exec(functionUrl) ?? [];
  if (kind !== "localstack") return `${url}/_aws/lambda-url/${id}`;
  return `http://${id}.lambda-url.${LOCAL_REGION}.${HERE}:${new URL(url).port}`;
}

/**
 * One call of JSON-RPC.
 *
 * @param headers such as a login
 * @throws RangeError with what was said, when that is no result
 */
export async function askRpc(
  url: string,
  { method, params }: { readonly method: string; readonly params: readonly unknown[] },
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { status, text } = await fetchHere(`${url}/`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  let parsed: z.infer<typeof ANSWER>;
  try {
    parsed = ANSWER.parse(JSON.parse(text));
  } catch (cause) {
    throw new RangeError(`${method}: ${status} ${text.slice(0, 300)}`, { cause });
  }
  if (parsed.error == null && parsed.result !== undefined) return parsed.result;
  // Whoever runs the function answers too, when it cannot, and in words of its own.
  if (parsed.error == null) throw new RangeError(`${method}: ${status} ${text.slice(0, 300)}`);
  throw new RangeError(`${method}: ${parsed.error.code} ${parsed.error.message}`);
}
