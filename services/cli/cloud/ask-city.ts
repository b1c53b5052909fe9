import * as z from "zod";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";

const ANSWER = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).nullish(),
});
const ANSWER_MS_MAX = 30_000;

/**
 * Where the function of a URL answers on this machine: the printed name is one of AWS, and its first
 * label is the function's id.
 *
 * @returns without a slash at its end
 */
export function localUrlOf({ url }: Pick<LocalEndpoint, "url">, functionUrl: string): string {
  const id = new URL(functionUrl).hostname.split(".")[0] ?? "";
  return `${url}/_aws/lambda-url/${id}`;
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
  const response = await fetch(`${url}/`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  const text = await response.text();
  let parsed: z.infer<typeof ANSWER>;
  try {
    parsed = ANSWER.parse(JSON.parse(text));
  } catch (cause) {
    throw new RangeError(`${method}: ${response.status} ${text.slice(0, 300)}`, { cause });
  }
  if (parsed.error == null) return parsed.result;
  throw new RangeError(`${method}: ${parsed.error.code} ${parsed.error.message}`);
}
