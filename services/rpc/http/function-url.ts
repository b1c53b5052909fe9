import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";
import { problemOf } from "#services/rpc/problems.ts";

/** Status and headers of an answer, as a function gives them. */
export interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
}

/**
 * Bytes that an answer in one piece may have as the text that leaves the function: 6 MB, less what
 * the service puts around it. @source cloud.md 7.1
 */
export const BUFFERED_BYTES_MAX = 6_000_000;

/** Verbs that no request may be made of; as any other that is not served, they are refused by a route. */
const UNMADE: readonly string[] = ["CONNECT", "TRACE", "TRACK"];
const UNSERVED = "UNSERVED";
const NOT_ASCII = /[^\0-\x7f]/;

/** A header as a server has it, a character for each byte; an event has text. */
function headerBytes(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}

/** The request that an event of a Function URL, payload 2.0, tells of. */
export function requestOf(event: LambdaFunctionURLEvent): Request {
  const { rawPath, rawQueryString, requestContext, headers: given, cookies = [] } = event;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) headers.set(name, headerBytes(value));
  }
  if (cookies.length > 0) headers.set("cookie", headerBytes(cookies.join("; ")));
  const { method: verb } = requestContext.http;
  const method = UNMADE.includes(verb.toUpperCase()) ? UNSERVED : verb;
  const query = rawQueryString === "" ? "" : `?${rawQueryString}`;
  const url = `https://${requestContext.domainName}${rawPath}${query}`;
  // A request without a body may not have one, not even an empty one.
  if (event.body === undefined || method === "GET" || method === "HEAD") {
    return new Request(url, { method, headers });
  }
  const body = event.isBase64Encoded ? Buffer.from(event.body, "base64") : event.body;
  return new Request(url, { method, headers, body });
}

/** @returns headers in lower case */
export function headOf(response: Response): AnswerHead {
  return { statusCode: response.status, headers: Object.fromEntries(response.headers) };
}

/** Text that survives in an answer as it is; anything else travels as base64. */
const TEXT = /^(text\/|application\/(json|problem\+json|xml)\b)/;

/** An answer in one piece, or, where it is too long for that, the refusal that says so. */
export async function bufferedAnswerOf(
  response: Response,
  path: string,
): Promise<LambdaFunctionURLResult> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isText = TEXT.test(response.headers.get("content-type") ?? "text/");
  const body = isText ? bytes.toString("utf8") : bytes.toString("base64");
  const answer = { ...headOf(response), body, isBase64Encoded: !isText };
  if (bytes.length * 2 <= BUFFERED_BYTES_MAX) return answer;
  // Quotes and backslashes take two bytes each inside of the function's own answer.
  if (Buffer.byteLength(JSON.stringify(answer)) <= BUFFERED_BYTES_MAX) return answer;
  return tooLong(answer.headers, path);
}

function tooLong(headers: Record<string, string>, path: string): LambdaFunctionURLResult {
  const detail = `The answer is over ${BUFFERED_BYTES_MAX} bytes, and this city does not stream`;
  const problem = problemOf({ code: "EXOS-E4130", detail }, path);
  const { etag: _, "content-length": __, ...kept } = headers;
  return {
    statusCode: problem.status,
    headers: {
      ...kept,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-exos-error": "EXOS-E4130",
    },
    body: JSON.stringify(problem),
    isBase64Encoded: false,
  };
}
