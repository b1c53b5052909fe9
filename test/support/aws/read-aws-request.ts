import type { CityNames } from "#regions/city-names.ts";
import type { PolicyRequest } from "../policy-matcher.ts";

/** A request as it crosses the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Whose tables, queues and services are asked; a request names neither account nor region. */
export type Place = Pick<CityNames, "region" | "account">;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const lastOf = (text: string, mark: string): string => text.slice(text.lastIndexOf(mark) + 1);

/** The access key that a request is signed with; each part of a city under test has its own. */
export function keyOf({ headers }: WireRequest): string {
  return /Credential=([^/,]+)/.exec(String(headers["authorization"]))?.[1] ?? "";
}

/**
 * Name of the service that a request is signed for: `<key>/<day>/<region>/<service>/aws4_request`,
 * without a region where it is signed for all of them.
 */
export function serviceOf({ headers }: WireRequest): string {
  const scope = /Credential=[^,]+/.exec(String(headers["authorization"]))?.[0].split("/") ?? [];
  return scope.at(-2) ?? "";
}

/** Region that a request is signed for; of one to a registry, that its token was asked for in. */
export function regionOf({ headers }: WireRequest): string {
  const said = String(headers["authorization"]);
  const [, token] = /^Basic (.*)$/.exec(said) ?? [];
  if (token !== undefined) return Buffer.from(token, "base64").toString("utf8");
  return /Credential=[^,]+/.exec(said)?.[0].split("/").at(-3) ?? "";
}

/**
 * What IAM would judge of a request: its action, what it is made on, and the values of condition
 * keys. Read off the wire, so that clients of the SDK and requests signed by hand are alike.
 *
 * @returns several for a batch over several tables
 * @throws RangeError for a request of a kind that no part of a city makes
 */
export function readAwsRequest(request: WireRequest, place: Place): readonly PolicyRequest[] {
  const service = request.path.startsWith("/v2/") ? "registry" : serviceOf(request);
  const read = READERS[service];
  if (read === undefined) throw new RangeError(`nobody asks ${service}: ${request.path}`);
  return read(request, (tail, of = service) => {
    return `arn:aws:${of}:${place.region}:${place.account}:${tail}`;
  });
}

type ArnOf = (tail: string, service?: string) => string;
type Reader = (request: WireRequest, arn: ArnOf) => readonly PolicyRequest[];

/** Of protocols that name their action in a header, such as `DynamoDB_20120810.GetItem`. */
function called({ headers, body }: WireRequest): { readonly name: string; readonly input: Fields } {
  const name = lastOf(String(headers["x-amz-target"]), ".");
  return { name, input: fieldsOf(JSON.parse(body)) };
}

/** A value of a key as text: text as it is, bytes in hex. */
function leadOf(value: unknown): string | undefined {
  const { S, B } = fieldsOf(value);
  if (typeof S === "string") return S;
  return typeof B === "string" ? Buffer.from(B, "base64").toString("hex") : undefined;
}

function leads(keys: readonly unknown[]): readonly string[] {
  const found = keys.map(fieldsOf).map(({ pk, k }) => leadOf(pk ?? k));
  return found.filter((lead) => lead !== undefined);
}

const readTables: Reader = (request, arn) => {
  const { name, input } = called(request);
  const action = `dynamodb:${name}`;
  const on = (table: unknown, keys: readonly unknown[]): PolicyRequest => ({
    action,
    resource: arn(`table/${textOf(table)}`),
    context: { "dynamodb:LeadingKeys": leads(keys) },
  });
  if (input["RequestItems"] !== undefined) {
    return Object.entries(fieldsOf(input["RequestItems"])).map(([table, of]) => {
      const { Keys } = fieldsOf(of);
      return on(table, Array.isArray(Keys) ? Keys : []);
    });
  }
  if (name === "DescribeImport") return [{ action, resource: textOf(input["ImportArn"]) }];
  if (name === "ImportTable") {
    const { TableName } = fieldsOf(input["TableCreationParameters"]);
    return [on(TableName, [])];
  }
  const asked = fieldsOf(input["ExpressionAttributeValues"]);
  const keys = [input["Key"], input["Item"]];
  if (input["KeyConditionExpression"] !== undefined) keys.push({ pk: asked[":pk"] });
  return [on(input["TableName"], keys)];
};

/** What is set of a bucket, by the query that says so. */
const SETTINGS: Readonly<Record<string, string>> = {
  publicAccessBlock: "PutBucketPublicAccessBlock",
  versioning: "PutBucketVersioning",
  lifecycle: "PutLifecycleConfiguration",
};
const PARTS = Object.keys(SETTINGS);

/** An object has a path below its bucket, as every endpoint but Amazon's own wants it. */
const readObjects: Reader = ({ method, path }) => {
  const url = new URL(path, "http://bucket");
  const part = PARTS.find((one) => url.searchParams.has(one));
  const [, bucket = "", key = ""] =
    /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  const isUpload = url.searchParams.has("uploadId");
  const name = {
    GET: key === "" ? "ListBucket" : "GetObject",
    HEAD: key === "" ? "ListBucket" : "GetObject",
    PUT: key === "" ? (SETTINGS[part ?? ""] ?? "CreateBucket") : "PutObject",
    // Of an upload in parts.
    POST: "PutObject",
    DELETE: isUpload ? "AbortMultipartUpload" : "DeleteObject",
  }[method];
  const resource = `arn:aws:s3:::${bucket}${key === "" ? "" : `/${key}`}`;
  return [{ action: `s3:${name}`, resource }];
};

const readClusters: Reader = (request, arn) => {
  const { name, input } = called(request);
  const cluster = textOf(input["cluster"]);
  const [listed] = Array.isArray(input["services"]) ? input["services"] : [input["service"]];
  // Tasks are asked for by their cluster; IAM knows that as a condition alone.
  const resource = /Service/.test(name) ? arn(`service/${cluster}/${textOf(listed)}`) : "*";
  return [
    { action: `ecs:${name}`, resource, context: { "ecs:cluster": [arn(`cluster/${cluster}`)] } },
  ];
};

const readZones: Reader = ({ path, body }) => {
  const zone = /hostedzone\/([^/]+)\/rrset/.exec(path)?.[1];
  const names = [...body.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = ""]) => name);
  return [
    {
      action: "route53:ChangeResourceRecordSets",
      resource: `arn:aws:route53:::hostedzone/${zone}`,
      context: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": names },
    },
  ];
};

const readStore: Reader = ({ method, path }) => {
  const [, store = "", keys] = /^\/key-value-stores\/([^/]+)(\/keys)?/.exec(path) ?? [];
  const name =
    method === "POST" ? "UpdateKeys" : keys === undefined ? "DescribeKeyValueStore" : "GetKey";
  const action = `cloudfront-keyvaluestore:${name}`;
  return [{ action, resource: decodeURIComponent(store) }];
};

/** Of protocols that send a form with the action in it. */
const formOf = ({ body }: WireRequest, name: string): string =>
  new URLSearchParams(body).get(name) ?? "";

/** A stack that is asked for by its name is judged by its id, or by a star where it is not there. */
const STACK_ENDS = ["*", "0a1b2c3d-0000-11f0-8000-0123456789ab"];

const readStacks: Reader = (request, arn) =>
  STACK_ENDS.map((end) => ({
    action: `cloudformation:${formOf(request, "Action")}`,
    resource: arn(`stack/${formOf(request, "StackName")}/${end}`),
  }));

/** The protocol of registries, as the actions of ECR that it is allowed by. */
const readRegistry: Reader = ({ method, path }, arn) => {
  const [, repository, what] = /^\/v2\/([^/]+)\/(manifests|blobs)\//.exec(path) ?? [];
  const blob = {
    HEAD: "BatchCheckLayerAvailability",
    POST: "InitiateLayerUpload",
    PATCH: "UploadLayerPart",
    PUT: "CompleteLayerUpload",
  }[method];
  const manifest = { GET: "BatchGetImage", PUT: "PutImage" }[method];
  const name = what === "blobs" ? blob : manifest;
  return [{ action: `ecr:${name}`, resource: arn(`repository/${repository}`, "ecr") }];
};

/** Asked of no resource, in a region. */
const inRegion = (request: WireRequest, service: string): readonly PolicyRequest[] => [
  {
    action: `${service}:${called(request).name}`,
    resource: "*",
    context: { "aws:RequestedRegion": [regionOf(request)] },
  },
];

const READERS: Readonly<Record<string, Reader>> = {
  dynamodb: readTables,
  s3: readObjects,
  ecs: readClusters,
  route53: readZones,
  "cloudfront-keyvaluestore": readStore,
  cloudformation: readStacks,
  registry: readRegistry,
  monitoring: (request) => inRegion(request, "cloudwatch"),
  ecr: (request) => inRegion(request, "ecr"),
  sts: (request) => [{ action: `sts:${formOf(request, "Action")}`, resource: "*" }],
  sqs(request, arn) {
    const { name, input } = called(request);
    return [{ action: `sqs:${name}`, resource: arn(lastOf(textOf(input["QueueUrl"]), "/")) }];
  },
  sns(request, arn) {
    // The endpoint of tests has an account and a region of its own.
    const topic = lastOf(formOf(request, "TopicArn"), ":");
    return [{ action: `sns:${formOf(request, "Action")}`, resource: arn(topic) }];
  },
  ec2(request, arn) {
    const action = `ec2:${formOf(request, "Action")}`;
    const group = formOf(request, "GroupId");
    const context = { "aws:RequestedRegion": [regionOf(request)] };
    return [{ action, resource: group === "" ? "*" : arn(`security-group/${group}`), context }];
  },
  kms(request) {
    const { name, input } = called(request);
    return [{ action: `kms:${name}`, resource: textOf(input["KeyId"]) }];
  },
  ssm(request, arn) {
    const { name, input } = called(request);
    return [{ action: `ssm:${name}`, resource: arn(`parameter${textOf(input["Name"])}`) }];
  },
  lambda({ path }, arn) {
    const [, name = ""] = /functions\/([^/]+)\/invocations/.exec(path) ?? [];
    return [{ action: "lambda:InvokeFunction", resource: arn(`function:${name}`) }];
  },
};
