import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { CityNames } from "#regions/city-names.ts";
import type { Statement } from "./grants.ts";

const TABLE = "arn:aws:dynamodb:<region>:<account>:table/<city>";
const BUCKET = "arn:aws:s3:::<city>-<account>-chain";
const RELEASES = "arn:aws:s3:::<fleet>-<account>-release";
const wildcard = (resource: string) => `AwsSolutions-IAM5[Resource::${resource}]` as const;

/** Actions that a role may have on every resource, each with the reason. */
const OF_NO_RESOURCE: Readonly<Record<string, string>> = {
  "ecr:GetAuthorizationToken": "knows no resource",
  "ec2:DescribeNetworkInterfaces": "knows no resource",
  "ecs:DescribeTasks": "is held to its cluster by a condition",
  "ecs:ListTasks": "is held to its cluster by a condition",
  "cloudwatch:DescribeAlarms":
    "wants all for composite ones, and is held to the regions of its wave",
  "ec2:DescribeSecurityGroups": "knows no resource, and is held to the regions of its wave",
};

/**
 * Every finding of cdk-nag that stands, and why. An id that names a resource of a city has `<city>`,
 * `<account>` and `<region>` in place of the city's own; of what all cities share, `<fleet>`. A
 * thirteenth id fails a test.
 */
export const ACKNOWLEDGED: Readonly<Record<string, string>> = {
  "AwsSolutions-VPC7":
    "Flow logs of peers who are anonymous anyway would cost more than the task they watch.",
  "AwsSolutions-EC23": "The one open port is that of peers: whoever speaks the protocol may call.",
  "AwsSolutions-CFR1": "A public chain answers every country.",
  "AwsSolutions-DDB3":
    "All but keys can be rebuilt from peers or a snapshot; recovery by point in time would double the price of storage.",
  "AwsSolutions-ECS2": "The environment holds names only; secrets are read from SSM at first use.",
  "AwsSolutions-ECS4":
    "Container Insights are a dozen metrics of one task; the four that matter are written by the process.",
  [wildcard("*")]: `The boundary grants nothing; ${Object.entries(OF_NO_RESOURCE)
    .map((entry) => entry.join(" "))
    .join("; ")}.`,
  [wildcard(`${TABLE}-coins-g*`)]:
    "A table is a generation, and each import makes the next number (cloud.md 5.4).",
  [wildcard(`${BUCKET}/snapshots/*`)]: "Objects are named after a height and a hash of their set.",
  [wildcard(`${RELEASES}/assembly/*`)]:
    "Releases are named by their time or by whoever made them; who deploys a wave reads any of them.",
  [wildcard(`${RELEASES}/image/*`)]:
    "Images of releases are named as releases are, and each of their parts after its digest.",
  [wildcard("arn:aws:logs:<region>:<account>:log-group:/aws-dynamodb/*")]:
    "DynamoDB names the streams of its imports; only the loader holds it, and can read none of them.",
};

/** Names of this fleet up to the city's, in its own role or in that of another. */
const OF_A_CITY = /exos-[a-z]+-[a-z]{3}(?=-)/g;
const OF_THE_FLEET = /exos-[a-z]+(?=-<account>-release)/g;

/** An id with what belongs to one city replaced by words that all cities share. */
export function sharedId(
  id: string,
  { prefix, account, region }: Pick<CityNames, "prefix" | "account" | "region">,
): string {
  return id
    .replaceAll(prefix, "<city>")
    .replaceAll(OF_A_CITY, "<city>")
    .replaceAll(account, "<account>")
    .replaceAll(OF_THE_FLEET, "<fleet>")
    .replaceAll(region, "<region>");
}

/** Let one finding stand on one construct, for the reason given once for all. */
export function acknowledge(construct: IConstruct, id: string): void {
  const reason = ACKNOWLEDGED[id];
  if (reason === undefined) throw new Error(`There is no reason to let ${id} stand.`);
  Validations.of(construct).acknowledge({ id, reason });
}

/**
 * Let the wildcards of a role stand that have a reason; any other is still a finding, and so is `*`
 * for an action that its reason does not name.
 */
export function acknowledgeWildcards(
  construct: IConstruct,
  statements: readonly Statement[],
  names: Pick<CityNames, "prefix" | "account" | "region">,
): void {
  const wild = statements.flatMap(({ actions, resources }) =>
    resources.filter((arn) => arn.includes("*")).map((resource) => ({ actions, resource })),
  );
  const isNamed = wild
    .filter(({ resource }) => resource === "*")
    .every(({ actions }) => actions.every((action) => OF_NO_RESOURCE[action] !== undefined));
  for (const resource of new Set(wild.map((one) => one.resource))) {
    if (resource === "*" && !isNamed) continue;
    const reason = ACKNOWLEDGED[sharedId(wildcard(resource), names)];
    if (reason !== undefined) {
      Validations.of(construct).acknowledge({ id: wildcard(resource), reason });
    }
  }
}
