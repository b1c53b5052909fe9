import type { IncomingMessage } from "node:http";
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";

/** An answer as a plain server gives it. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array;
}

/**
 * The event that a function URL makes of a request, payload 2.0. The body travels in base64.
 *
 * @param path with the query, from the slash after the function's own place
 * @source aws-lambda LambdaFunctionURLEvent
 */
export function urlEvent(
  { method = "GET", headers, socket }: Pick<IncomingMessage, "method" | "headers" | "socket">,
  path: string,
  body: Uint8Array,
): LambdaFunctionURLEvent {
  const [rawPath = "", rawQueryString = ""] = path.split(/\?(.*)/s);
  const plain = Object.entries(headers).map(([name, value = ""]) => [name, String(value)] as const);
  const domainName = headers.host ?? "";
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    headers: Object.fromEntries(plain),
    requestContext: {
      accountId: "anonymous",
      apiId: "driven",
      domainName,
      domainPrefix: "driven",
      http: {
        method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: socket.remoteAddress ?? "",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: "",
      routeKey: "$default",
      stage: "$default",
      time: "",
      timeEpoch: 0,
    },
    ...(body.length > 0 && { body: Buffer.from(body).toString("base64") }),
    isBase64Encoded: body.length > 0,
  };
}

/** What a function answers, as a server gives it: text, or a status with headers and a body. */
export function plainAnswerOf(answer: LambdaFunctionURLResult): PlainAnswer {
  if (typeof answer === "string") {
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: Buffer.from(answer),
    };
  }
  const { statusCode = 200, headers = {}, cookies = [], body = "", isBase64Encoded } = answer;
  const plain = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return {
    status: statusCode,
    headers: { ...Object.fromEntries(plain), ...(cookies.length > 0 && { "set-cookie": cookies }) },
    body: Buffer.from(body, isBase64Encoded === true ? "base64" : "utf8"),
  };
}
