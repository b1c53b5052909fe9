import { PROTECTED_STACK, RELEASE_OUTPUT, RELEASED_STACK } from "#regions/city-outputs.ts";
import type { PolicyRequest } from "../policy-matcher.ts";
import { xmlAnswer } from "./canned-endpoint.ts";
import { startLocalQueues } from "./local-queues.ts";
import { regionOf, type WireRequest } from "./read-aws-request.ts";
import { type CannedAnswer, type CannedAnswers, openTracedEndpoint } from "./traced-endpoint.ts";

const xml = (body: string): CannedAnswer => ({ headers: { "content-type": "text/xml" }, body });
const json = (value: unknown): CannedAnswer => ({
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify(value),
});
const output = (key: string, value: string) =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;

const fieldOf = ({ body }: WireRequest, name: string) => new URLSearchParams(body).get(name) ?? "";

/** A stack that runs a release and answers somewhere; its data stands in one that failed to be made. */
function stackOf(
  request: WireRequest,
  { release, lifted }: { readonly release: string; readonly lifted: ReadonlySet<string> },
): CannedAnswer {
  const name = fieldOf(request, "StackName");
  const url = "https://x.lambda-url.eu-west-2.on.aws/";
  const printed = {
    network: output("DefaultSecurityGroup", GROUP),
    [RELEASED_STACK]: `${output(RELEASE_OUTPUT, release)}${output("RpcUrl", url)}`,
  };
  const Outputs = Object.entries(printed).find(([stack]) => name.endsWith(`-${stack}`))?.[1] ?? "";
  const isFailed = name.endsWith(`-${PROTECTED_STACK}`) && !lifted.has(name);
  const status = isFailed ? "ROLLBACK_COMPLETE" : "UPDATE_COMPLETE";
  const guarded = `<EnableTerminationProtection>${isFailed}</EnableTerminationProtection>`;
  const stack = `<StackName>${name}</StackName><StackStatus>${status}</StackStatus>${guarded}<Outputs>${Outputs}</Outputs>`;
  return xml(xmlAnswer("DescribeStacks", `<Stacks><member>${stack}</member></Stacks>`));
}

const GROUP = "sg-0123456789abcdef0";

/** A group as every network is given it: its own members come in, and everything goes out. */
function groupAnswers(): CannedAnswers {
  const set = (name: string, rule: string) => `<${name}><item>${rule}</item></${name}>`;
  const own = set("groups", `<groupId>${GROUP}</groupId>`);
  const all = set("ipRanges", "<cidrIp>0.0.0.0/0</cidrIp>");
  const rules = `${set("ipPermissions", `<ipProtocol>-1</ipProtocol>${own}`)}${set("ipPermissionsEgress", `<ipProtocol>-1</ipProtocol>${all}`)}`;
  const done = xml("<Response><return>true</return></Response>");
  return {
    "ec2:DescribeSecurityGroups": () =>
      xml(
        `<DescribeSecurityGroupsResponse>${set("securityGroupInfo", `<groupId>${GROUP}</groupId>${rules}`)}</DescribeSecurityGroupsResponse>`,
      ),
    "ec2:RevokeSecurityGroupIngress": () => done,
    "ec2:RevokeSecurityGroupEgress": () => done,
  };
}

/** A registry that has the repository and no image; a place to upload to is told with the answer. */
function registryAnswers(): CannedAnswers {
  const created = ({ path }: WireRequest): CannedAnswer => {
    const location = path.replace(/uploads\/.*$/, "uploads/1");
    return { status: 202, headers: { location }, body: "" };
  };
  const unknown = JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN" }] });
  return {
    "ecr:BatchGetImage": () => ({ status: 404, body: unknown }),
    "ecr:BatchCheckLayerAvailability": () => ({ status: 404, body: "" }),
    "ecr:InitiateLayerUpload": created,
    "ecr:UploadLayerPart": created,
    "ecr:CompleteLayerUpload": () => ({ status: 201, body: "" }),
    "ecr:PutImage": () => ({ status: 201, body: "" }),
  };
}

/**
 * An account in which every city runs one release, as far as whoever deploys sees it: every request is
 * written down as IAM would judge it, under the name of who runs. Buckets are real; the rest is canned.
 */
export async function openDeployedAccount(account: string, release: string) {
  const stack = new AsyncDisposableStack();
  const queues = stack.use(await startLocalQueues());
  const asked = new Map<number, PolicyRequest[]>();
  const lifted = new Set<string>();
  let running = -1;
  let url = "";
  const canned: CannedAnswers = {
    ...registryAnswers(),
    ...groupAnswers(),
    "sts:GetCallerIdentity": () =>
      xml(xmlAnswer("GetCallerIdentity", `<Account>${account}</Account>`)),
    "cloudformation:DescribeStacks": (request) => stackOf(request, { release, lifted }),
    "cloudformation:UpdateTerminationProtection": (request) => {
      lifted.add(fieldOf(request, "StackName"));
      return xml(xmlAnswer("UpdateTerminationProtection", "<StackId>it</StackId>"));
    },
    "cloudwatch:DescribeAlarms": () => json({ MetricAlarms: [], CompositeAlarms: [] }),
    "ecr:GetAuthorizationToken": (request) => {
      const authorizationToken = Buffer.from(regionOf(request)).toString("base64");
      return json({ authorizationData: [{ authorizationToken, proxyEndpoint: url }] });
    },
    "s3:PutBucketPublicAccessBlock": () => xml(""),
    "s3:PutBucketVersioning": () => xml(""),
    "s3:PutLifecycleConfiguration": () => xml(""),
  };
  const endpoint = stack.use(
    await openTracedEndpoint({
      tables: "http://127.0.0.1:0",
      others: `http://127.0.0.1:${queues.server.port}`,
      place: (request) => ({ region: regionOf(request), account }),
      canned,
      asked: (_, requests) => void asked.set(running, [...(asked.get(running) ?? []), ...requests]),
    }),
  );
  url = endpoint.url;
  const held = stack.move();
  return {
    url,
    /** What each wave asked for, by its number. */
    asked: asked as ReadonlyMap<number, readonly PolicyRequest[]>,
    /** Whatever is asked from now on, this wave asks. */
    run(wave: number): void {
      running = wave;
    },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}
