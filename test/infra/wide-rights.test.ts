import { App, Stack, Validations } from "aws-cdk-lib";
import { beforeAll, describe, expect, it } from "vitest";
import { acknowledgeWildcards } from "#infra/acknowledge.ts";
import { CITY_STACKS } from "#regions/city-outputs.ts";
import { type RoleRight, rightsOf } from "../support/role-rights.ts";
import { localFleet, productionFleet } from "../support/synthesised-fleet.ts";

let rights: readonly RoleRight[] = [];
beforeAll(() => {
  rights = [...rightsOf(productionFleet()), ...rightsOf(localFleet())];
});

/** Words of each of the keys in alphabetical order, once. */
function grouped(pairs: readonly (readonly [key: string, word: string])[]): Record<string, string> {
  const words = Object.groupBy(pairs, ([key]) => key);
  return Object.fromEntries(
    Object.entries(words).map(([key, some = []]) => [
      key,
      [...new Set(some.map(([, word]) => word))].sort().join(" "),
    ]),
  );
}

const table = (name: string) => `arn:aws:dynamodb:<region>:<account>:table/<city>-${name}`;
const chain = (path: string) => `arn:aws:s3:::<city>-<account>-chain/${path}`;
const release = (path: string) => `arn:aws:s3:::<fleet>-<account>-release/${path}`;
const stackArn = (name: string, id: string) =>
  `arn:aws:cloudformation:<region>:<account>:stack/${name}/${id}`;
const STACK_ID = "????????-????-????-????-????????????";
const HASH = "?".repeat(64);

const DEPLOYED = [...CITY_STACKS.map((name) => `<city>-${name}`), "exos-prod-edge"].flatMap(
  (name) => {
    const changes = name.endsWith("-storage") ? " cloudformation:UpdateTerminationProtection" : "";
    const actions = `cloudformation:DescribeStacks${changes}`;
    return [
      [stackArn(name, "?"), actions],
      [stackArn(name, STACK_ID), actions],
    ] as const;
  },
);

/** Every pattern that some role has for a resource, with the actions; in brackets, the condition. */
const WIDE: Readonly<Record<string, string>> = {
  "*":
    "cloudwatch:DescribeAlarms[aws:RequestedRegion] ec2:DescribeNetworkInterfaces " +
    "ec2:DescribeSecurityGroups[aws:RequestedRegion] ecr:GetAuthorizationToken " +
    "ecr:GetAuthorizationToken[aws:RequestedRegion] ecs:DescribeTasks[ecs:cluster] " +
    "ecs:ListTasks[ecs:cluster]",
  [table("coins-g*")]:
    "dynamodb:BatchGetItem dynamodb:CreateTable dynamodb:DeleteTable dynamodb:DescribeImport " +
    "dynamodb:DescribeTable dynamodb:ImportTable dynamodb:UpdateItem dynamodb:UpdateTable",
  ...Object.fromEntries(
    ["index-g?", "index-g??"].map((name) => [
      table(name),
      "dynamodb:BatchGetItem dynamodb:DescribeTable dynamodb:GetItem dynamodb:ImportTable " +
        "dynamodb:PutItem dynamodb:Query",
    ]),
  ),
  [chain(`recent/${HASH}`)]: "s3:DeleteObject s3:GetObject s3:PutObject",
  [chain("segments/??????.seg")]: "s3:AbortMultipartUpload s3:GetObject s3:PutObject",
  [chain("snapshots/*")]: "s3:DeleteObject s3:GetObject s3:PutObject",
  "arn:aws:logs:<region>:<account>:log-group:/aws-dynamodb/*":
    "logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogGroups logs:DescribeLogStreams " +
    "logs:PutLogEvents logs:PutRetentionPolicy",
  ...Object.fromEntries(
    ["assembly/*", "image/*"].map((path) => [
      release(path),
      "s3:AbortMultipartUpload s3:DeleteObject s3:GetObject s3:PutObject",
    ]),
  ),
  [release(`release/image-${HASH}.tar.zst`)]:
    "s3:AbortMultipartUpload s3:DeleteObject s3:PutObject",
  [`arn:aws:ec2:<region>:<account>:security-group/sg-${"?".repeat(17)}`]:
    "ec2:RevokeSecurityGroupEgress ec2:RevokeSecurityGroupIngress",
  ...Object.fromEntries(DEPLOYED),
};

/** Partitions of the tables that each role may write, by action. */
const PARTITIONS: Readonly<Record<string, string>> = {
  "check DeleteItem chain": "B#* CAND",
  "check UpdateItem chain": "H#*",
  "connect DeleteItem chain": "B#* CAND",
  "connect PutItem chain": "F#* NOW TIP",
  "connect UpdateItem chain": "H#*",
  "index-follow PutItem chain": "C#*",
  "ingest DeleteItem chain": "B#* H#*",
  "ingest PutItem chain": "B#* BEAT CAND L#* S#*",
  "ingest PutItem pool": "RAW#*",
  "ingest UpdateItem chain": "H#* X#*",
  "load DeleteItem chain": "CAND S#* TIP",
  "load PutItem chain": "B#* C#* F#* L#* NOW S#* TIP",
  "load UpdateItem chain": "G#* H#* X#*",
  "mempool DeleteItem pool": "IN#* POOL",
  "mempool PutItem pool": "IN#* POOL SUM",
  "mempool-follow DeleteItem pool": "IN#* POOL",
  "mempool-follow PutItem chain": "C#*",
  "mempool-follow PutItem pool": "IN#* POOL SUM",
  "rpc PutItem chain": "B#* CAND",
  "rpc PutItem pool": "RAW#*",
  "rpc UpdateItem chain": "H#*",
  "rpc-events PutItem chain": "L#events-*",
  "watch PutItem chain": "BEAT NOW",
};

const LOG = "logs:CreateLogStream logs:PutLogEvents";
const TAKE = "sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage";
const queue = (name: string) => `arn:aws:sqs:<region>:<account>:<city>-${name}`;

/** What Lambda does with the role of each function, beside its log: cloud.md 9.1. */
const SERVICES: Readonly<Record<string, string>> = {
  [`check ${queue("blocks")}`]: TAKE,
  [`connect ${queue("connect.fifo")}`]: TAKE,
  [`mempool ${queue("transactions")}`]: TAKE,
  [`mempool-follow ${queue("dead-events")}`]: "sqs:SendMessage",
  [`index-follow ${queue("dead-events")}`]: "sqs:SendMessage",
  [`watch ${queue("dead-events")}`]: "sqs:SendMessage",
};
const LOG_ONLY = ["rpc", "rpc-events", "stake-sign"];

describe("the roles of the fleet", () => {
  it("have these patterns for a resource, for these actions alone", () => {
    const wide = rights.filter(({ resource }) => /[*?]/.test(resource));
    const pairs = wide.map(({ resource, action, conditions }) => {
      const [key] = Object.keys(conditions);
      return [resource, key === undefined ? action : `${action}[${key}]`] as const;
    });
    expect(grouped(pairs)).toEqual(WIDE);
  });

  it("write these partitions, and have a pattern in no other condition", () => {
    const conditions = rights.flatMap((right) =>
      Object.entries(right.conditions).flatMap(([key, values]) =>
        values.map((value) => ({ ...right, key, value })),
      ),
    );
    const isOfItems = ({ key }: { readonly key: string }) => key === "dynamodb:LeadingKeys";
    const pairs = conditions.filter(isOfItems).map(({ role, action, resource, value }) => {
      const where = resource.replace(table(""), "");
      return [`${role} ${action.replace("dynamodb:", "")} ${where}`, value] as const;
    });
    expect(grouped(pairs)).toEqual(PARTITIONS);
    const others = conditions.filter((condition) => !isOfItems(condition));
    expect(others.filter(({ value }) => /[*?]/.test(value))).toEqual([]);
    expect(others.length).toBeGreaterThan(0);
  });

  it("let Lambda write the log, take from the queue or put an event away, and no more", () => {
    const services = rights.filter(({ policy }) => policy === "service");
    const pairs = services.map(({ role, action, resource }) => {
      // Its own log, of whichever city.
      const own = resource.replace(new RegExp(`^/exos/[a-z]+/[a-z]{3}/${role}$`), "log");
      return [`${role} ${own}`, action] as const;
    });
    const functions = [...Object.keys(SERVICES).map((key) => key.split(" ", 1)[0]), ...LOG_ONLY];
    const logs = functions.map((role) => [`${role} log`, LOG]);
    expect(grouped(pairs)).toEqual({ ...SERVICES, ...Object.fromEntries(logs) });
  });
  it.each([
    [["ecs:ListTasks"], true],
    [["ecr:GetAuthorizationToken", "sqs:SendMessage"], false],
  ])("may have every resource for what its reason names: %s", (actions, isLetStand) => {
    const stack = new Stack(new App(), "Stack");
    const names = { prefix: "exos-prod-syd", account: "111122223333", region: "ap-southeast-2" };
    const named = { actions: ["ec2:DescribeNetworkInterfaces"], resources: ["*"] };
    acknowledgeWildcards(stack, [named, { actions, resources: ["*"] }], names);
    const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
    expect(stack.node.metadata.some(({ type }) => type === key)).toBe(isLetStand);
  });
});
