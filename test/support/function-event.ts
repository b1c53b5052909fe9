import type { LambdaFunctionURLEvent } from "aws-lambda";

/** A request as a test writes it. */
export interface TestRequest {
  readonly method?: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The event that a Function URL makes of a request, payload 2.0. */
export function functionEvent({ method = "GET", path, headers, body }: TestRequest) {
  const [rawPath = "", rawQueryString = ""] = path.split(/\?(.*)/s);
  const lower = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const domainName = "abcdef.lambda-url.ap-southeast-2.on.aws";
  const isBinary = body instanceof Uint8Array;
  const event: LambdaFunctionURLEvent = {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    headers: { host: domainName, ...Object.fromEntries(lower) },
    requestContext: {
      accountId: "anonymous",
      apiId: "abcdef",
      domainName,
      domainPrefix: "abcdef",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.7", userAgent: "t" },
      requestId: "1-2-3",
      routeKey: "$default",
      stage: "$default",
      time: "21/Nov/2026:00:00:00 +0000",
      timeEpoch: 1_795_219_200_000,
    },
    ...(body === undefined ? {} : { body: isBinary ? Buffer.from(body).toString("base64") : body }),
    isBase64Encoded: isBinary,
  };
  return event;
}
