import { createHash, createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

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
  /** Milliseconds; given by tests, which wait for nothing. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
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

/** As every client of the SDK has it. @source cloud.md 7.1 */
const TRIES_MAX = 3;
/** At most so long before the second, and twice as long before the next. */
const PAUSE_MS = 100;
/** No signature is taken whose time is five minutes off: a clock that is, is put right. */
const SKEW_MS_MAX = 240_000;
const UNTIMELY = /Signature|RequestExpired|TooSkewed|AuthFailure/;
const PASSING = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;

/** What a service answered instead, named as it names that. */
class SignedRefusal extends RangeError {
  readonly status: number;
  /** When it was said, by the service's clock, in milliseconds since 1970; NaN where it does not say. */
  readonly saidMs: number;

  constructor(service: string, { status, headers }: Response, text: string) {
    super(`${service} answered ${status}`);
    this.name = nameOf(text) ?? `Status${status}`;
    this.status = status;
    this.saidMs = Date.parse(headers.get("date") ?? "");
  }
}

/**
 * Ask a service one thing. For the few calls whose clients would fill a function's bundle: EC2's has
 * 552 KB of its 1,200, that of SSM 78. As their clients do, it asks again what may pass, and by the
 * service's clock where ours is wrong.
 *
 * @param request that may be repeated
 * @throws RangeError named as the service names what it refuses, or whatever `fetch` throws
 */
export async function sendSigned(request: AwsRequest, caller: AwsCaller): Promise<string> {
  const { wallMs, pause = sleep } = caller;
  const [region, keys] = [await caller.region(), await caller.keys()];
  let skewMs = 0;
  for (let tries = 1; ; tries++) {
    try {
      return await sendOnce(request, caller, { region, keys, nowMs: wallMs() + skewMs });
    } catch (cause) {
      const isUntimely = cause instanceof SignedRefusal && UNTIMELY.test(cause.name);
      const offMs = isUntimely ? cause.saidMs - wallMs() - skewMs : 0;
      const isOff = Math.abs(offMs) > SKEW_MS_MAX;
      if (tries === TRIES_MAX || !(isOff || mayPass(cause))) throw cause;
      if (isOff) skewMs += offMs;
      else await pause(Math.random() * PAUSE_MS * 2 ** (tries - 1));
    }
  }
}

function mayPass(cause: unknown): boolean {
  if (!(cause instanceof SignedRefusal)) return true;
  return cause.status >= 500 || cause.status === 429 || PASSING.test(cause.name);
}

async function sendOnce(
  request: AwsRequest,
  { endpoint, fetch }: Pick<AwsCaller, "endpoint" | "fetch">,
  by: { readonly region: string; readonly keys: AwsKeys; readonly nowMs: number },
): Promise<string> {
  const { region, keys, nowMs } = by;
  const url = new URL(endpoint ?? `https://${request.service}.${region}.amazonaws.com`);
  const now = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const headers = signedHeaders(request, { region, host: url.host, keys, now });
  const { body } = request;
  const signal = AbortSignal.timeout(request.requestMs ?? REQUEST_MS);
  const answer = await fetch(url.href, { method: "POST", headers, body, signal });
  const text = await answer.text();
  if (answer.ok) return text;
  throw new SignedRefusal(request.service, answer, text);
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
