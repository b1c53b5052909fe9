import { createHash, createHmac } from "node:crypto";
import { awsFaultOf } from "./aws-fault.ts";

/** Keys of a role, as every client of the SDK resolves them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface Ec2Options {
  readonly region: string;
  keys(): Promise<AwsKeys>;
  /** EC2's own endpoint unless given. */
  readonly endpoint?: string | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

const REQUEST_MS = 5_000;
const VERSION = "2016-11-15";

/**
 * Public address of a network interface, `DescribeNetworkInterfaces` alone: EC2's own client would be
 * half of this function's bundle (552 of 1,200 KB).
 *
 * @returns `undefined` while it has none
 * @throws StoreFault when EC2 refuses or does not answer
 */
export async function ec2PublicAddress(
  networkInterface: string,
  options: Ec2Options,
): Promise<string | undefined> {
  const doing = `asking for the address of ${networkInterface}`;
  const body = new URLSearchParams({
    Action: "DescribeNetworkInterfaces",
    Version: VERSION,
    "NetworkInterfaceId.1": networkInterface,
  }).toString();
  const url = new URL(options.endpoint ?? `https://ec2.${options.region}.amazonaws.com`);
  let text: string;
  try {
    const headers = signedHeaders({ url, body, keys: await options.keys() }, options);
    const signal = AbortSignal.timeout(REQUEST_MS);
    const answer = await options.fetch(url.href, { method: "POST", headers, body, signal });
    text = await answer.text();
    if (!answer.ok) throw refusal(text, answer.status);
  } catch (cause) {
    throw awsFaultOf(cause, doing);
  }
  return /<publicIp>(\d{1,3}(?:\.\d{1,3}){3})<\/publicIp>/.exec(text)?.[1];
}

/** As the SDK would throw it: the code of the answer is the name of the error. */
function refusal(text: string, status: number): Error {
  const [, code = `Status${status}`] = /<Code>([\w.]{1,64})<\/Code>/.exec(text) ?? [];
  const error = new RangeError(`EC2 answered ${status}`);
  error.name = code;
  return error;
}

/** @source AWS Signature Version 4 */
function signedHeaders(
  request: { readonly url: URL; readonly body: string; readonly keys: AwsKeys },
  { region, wallMs }: Pick<Ec2Options, "region" | "wallMs">,
): Record<string, string> {
  const { url, body, keys } = request;
  const now = new Date(wallMs()).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${now.slice(0, 8)}/${region}/ec2/aws4_request`;
  const headers: Record<string, string> = {
    "content-type": "application/x-www-form-urlencoded",
    host: url.host,
    "x-amz-date": now,
    ...(keys.sessionToken === undefined ? {} : { "x-amz-security-token": keys.sessionToken }),
  };
  const names = Object.keys(headers).toSorted();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = ["POST", "/", "", lines, names.join(";"), sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", now, scope, sha256(canonical)].join("\n");
  const key = [now.slice(0, 8), region, "ec2", "aws4_request"].reduce<string | Buffer>(
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
