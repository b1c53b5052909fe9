import { createHash, createHmac } from "node:crypto";

/** Keys of a role, as every client of the SDK resolves them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** How a service of AWS is asked without its client. */
export interface AwsCaller {
  region(): Promise<string>;
  keys(): Promise<AwsKeys>;
  /** The service's own endpoint unless given. */
  readonly endpoint?: string | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** One POST to the root of a service. */
export interface AwsRequest {
  /** As signatures and host names have it, such as `ec2`. */
  readonly service: string;
  readonly contentType: string;
  /** Of protocols that name their action in a header. */
  readonly target?: string;
  readonly body: string;
  /** Milliseconds for an answer; 3 s unless given. */
  readonly requestMs?: number;
}

const REQUEST_MS = 3_000;

/**
 * Ask a service one thing. For the few calls whose clients would fill a function's bundle: EC2's has
 * 552 KB of its 1,200, that of SSM 78.
 *
 * @throws RangeError named as the service names what it refuses, or whatever `fetch` throws
 */
export async function sendSigned(request: AwsRequest, caller: AwsCaller): Promise<string> {
  const region = await caller.region();
  const own = `https://${request.service}.${region}.amazonaws.com`;
  const url = new URL(caller.endpoint ?? own);
  const headers = signedHeaders(request, {
    region,
    host: url.host,
    keys: await caller.keys(),
    now: new Date(caller.wallMs()).toISOString().replace(/[-:]|\.\d{3}/g, ""),
  });
  const { body } = request;
  const signal = AbortSignal.timeout(request.requestMs ?? REQUEST_MS);
  const answer = await caller.fetch(url.href, { method: "POST", headers, body, signal });
  const text = await answer.text();
  if (answer.ok) return text;
  const error = new RangeError(`${request.service} answered ${answer.status}`);
  error.name = nameOf(text) ?? `Status${answer.status}`;
  throw error;
}

/** The error as XML or JSON says it; JSON may put a namespace before a `#`. */
function nameOf(text: string): string | undefined {
  const found = /<Code>([\w.]{1,64})<\/Code>|"__type"\s*:\s*"(?:[\w.]*#)?([\w.]{1,64})"/.exec(text);
  return found?.[1] ?? found?.[2];
}

/** @source AWS Signature Version 4 */
function signedHeaders(
  { service, contentType, target, body }: AwsRequest,
  to: {
    readonly region: string;
    readonly host: string;
    readonly keys: AwsKeys;
    /** `20261121T220000Z` */
    readonly now: string;
  },
): Record<string, string> {
  const { region, host, keys, now } = to;
  const day = now.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const headers: Record<string, string> = {
    "content-type": contentType,
    host,
    "x-amz-date": now,
    ...(keys.sessionToken === undefined ? {} : { "x-amz-security-token": keys.sessionToken }),
    ...(target === undefined ? {} : { "x-amz-target": target }),
  };
  const names = Object.keys(headers).toSorted();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = ["POST", "/", "", lines, names.join(";"), sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", now, scope, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${keys.secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  const credential = `Credential=${keys.accessKeyId}/${scope}`;
  const signed = `SignedHeaders=${names.join(";")}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 ${credential}, ${signed}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
