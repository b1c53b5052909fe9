import { type CityNames, cityNames } from "#regions/city-names.ts";
import { citiesOf } from "#regions/fleet.ts";

/** What of a city is asked, and which parts of it. */
type Target = (names: CityNames, facts: GrantFacts) => readonly string[];

/** What a role needs to know beside the names of the city. */
export interface GrantFacts {
  /** ARN of the staking key, where the city stakes. */
  readonly stakeKey?: string;
  /** Hosted zone of the seeds, and the city's own name in it. */
  readonly seed?: { readonly zoneId: string; readonly name: string };
  /** ARN of the edge's KeyValueStore, in cities that watch. */
  readonly vector?: string;
}

/** One request that a call may make of AWS. */
export interface Request {
  readonly actions: readonly string[];
  readonly on: Target;
  /** Values of the condition key that the request is held to; `*` stands for the rest of a key. */
  readonly only?: { readonly key: string; readonly values: Target };
}

const arn = (service: string, tail: (names: CityNames) => string): Target => {
  return (names) => [`arn:aws:${service}:${names.region}:${names.account}:${tail(names)}`];
};
const table = (tail: (names: CityNames) => string) =>
  arn("dynamodb", (names) => `table/${tail(names)}`);
const queue = (name: keyof CityNames["queues"]) => arn("sqs", ({ queues }) => queues[name]);
const objects =
  (...paths: readonly string[]): Target =>
  ({ buckets }) =>
    paths.map((path) => `arn:aws:s3:::${buckets.chain}/${path}`);
/** Buckets of every city of the environment, which is one account. */
const FLEET_BUCKETS: Target = (names) =>
  citiesOf(names.environment).flatMap(({ code, host }) =>
    host.kind === "aws"
      ? [`arn:aws:s3:::${cityNames({ ...names, code, region: host.region }).buckets.chain}`]
      : [],
  );
const fleetObjects =
  (...paths: readonly string[]): Target =>
  (names, facts) =>
    FLEET_BUCKETS(names, facts).flatMap((bucket) => paths.map((path) => `${bucket}/${path}`));
const EVERYTHING: Target = () => ["*"];
/** Blocks by their hash, and segments by their number: names of one shape, and no other object. */
const RECENT = `recent/${"?".repeat(64)}`;
const SEGMENTS = "segments/??????.seg";

const CHAIN = table(({ tables }) => tables.chain);
const COINS = table(({ tables }) => `${tables.coins}-g*`);
/** A hundred generations: one is made where thousands of blocks have to be indexed at once. */
const INDEX: Target = (names, facts) =>
  ["g?", "g??"].flatMap((number) =>
    table(({ tables }) => `${tables.index}-${number}`)(names, facts),
  );
const POOL = table(({ tables }) => tables.pool);
const BUCKET: Target = ({ buckets }) => [`arn:aws:s3:::${buckets.chain}`];

const dynamo = (on: Target, ...actions: readonly string[]): Request => ({
  actions: actions.map((action) => `dynamodb:${action}`),
  on,
});
/** A write held to the partitions that are named. */
const held = (on: Target, action: string, ...keys: readonly string[]): Request => ({
  ...dynamo(on, action),
  only: { key: "dynamodb:LeadingKeys", values: () => keys },
});
const s3 = (on: Target, ...actions: readonly string[]): Request => ({
  actions: actions.map((action) => `s3:${action}`),
  on,
});
/** A miss is the usual case, and without the right to list it would be answered as a refusal. */
const read = (...paths: readonly string[]) => [
  s3(objects(...paths), "GetObject"),
  s3(BUCKET, "ListBucket"),
];
const send = (name: keyof CityNames["queues"]): readonly Request[] => [
  { actions: ["sqs:SendMessage"], on: queue(name) },
];
const take = (name: keyof CityNames["queues"]): readonly Request[] => [
  { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], on: queue(name) },
];

/** What a generation's table is made and unmade by. */
const TABLES = [
  "ImportTable",
  "DescribeImport",
  "CreateTable",
  "DescribeTable",
  "UpdateTable",
  "DeleteTable",
];

/**
 * Where every import of an account tells of what it could not read. No request of ours: DynamoDB
 * makes them as whoever called ImportTable.
 *
 * @source Amazon DynamoDB Developer Guide, "Requesting a table import in DynamoDB", IAM permissions
 */
const IMPORT_LOG = arn("logs", () => "log-group:/aws-dynamodb/*");
const IMPORT_LOGS = [
  "CreateLogGroup",
  "CreateLogStream",
  "DescribeLogGroups",
  "DescribeLogStreams",
  "PutLogEvents",
  "PutRetentionPolicy",
];

/** Every call of a port that a handler makes, and the requests it stands for. @source cloud.md 3, 5 */
const CALLS = {
  "coins.tip": [dynamo(CHAIN, "GetItem")],
  "coins.frozen": [dynamo(CHAIN, "GetItem")],
  // Several groups that are asked for at once.
  "coins.frozenGroups": [dynamo(CHAIN, "BatchGetItem")],
  "coins.read": [dynamo(COINS, "BatchGetItem")],
  "coins.apply": [dynamo(COINS, "UpdateItem")],
  "coins.commit": [held(CHAIN, "PutItem", "TIP", "NOW", "F#*")],
  "coins.now": [held(CHAIN, "PutItem", "NOW")],
  "headers.get": [dynamo(CHAIN, "GetItem")],
  "headers.list": [dynamo(CHAIN, "BatchGetItem")],
  // Header and body of a final block stand in its segment.
  "segments.read": [dynamo(CHAIN, "GetItem", "BatchGetItem"), ...read(SEGMENTS)],
  "headers.set": [held(CHAIN, "UpdateItem", "H#*")],
  "headers.candidates": [dynamo(CHAIN, "Query")],
  "headers.addCandidate": [held(CHAIN, "PutItem", "CAND")],
  "headers.dropCandidate": [dynamo(CHAIN, "GetItem"), held(CHAIN, "DeleteItem", "CAND")],
  "blocks.get": [dynamo(CHAIN, "GetItem"), ...read(RECENT)],
  "blocks.put": [held(CHAIN, "PutItem", "B#*"), s3(objects(RECENT), "PutObject")],
  "blocks.drop": [
    ...read(RECENT),
    held(CHAIN, "DeleteItem", "B#*"),
    s3(objects(RECENT), "DeleteObject"),
  ],
  "segments.write": [
    held(CHAIN, "PutItem", "S#*"),
    held(CHAIN, "UpdateItem", "X#*"),
    s3(objects(SEGMENTS), "PutObject", "AbortMultipartUpload"),
  ],
  "segments.release": [
    held(CHAIN, "DeleteItem", "H#*", "B#*"),
    s3(objects(RECENT), "DeleteObject"),
  ],
  "leases.hold": [dynamo(CHAIN, "GetItem"), held(CHAIN, "PutItem", "L#*")],
  "streams.hold": [dynamo(CHAIN, "GetItem"), held(CHAIN, "PutItem", "L#events-*")],
  "cursors.get": [dynamo(CHAIN, "GetItem")],
  "cursors.set": [held(CHAIN, "PutItem", "C#*")],
  "heartbeats.get": [dynamo(CHAIN, "Query")],
  "heartbeats.set": [held(CHAIN, "PutItem", "BEAT")],
  "generations.set": [held(CHAIN, "UpdateItem", "G#*")],
  "generations.load": [
    // An import is a part of its table: `table/<name>/import/<id>`.
    dynamo(COINS, ...TABLES),
    s3(objects("snapshots/*"), "PutObject", "DeleteObject"),
    // It reads its files, and tells of them, with the rights of whoever asked for it.
    ...read("snapshots/*"),
    { actions: IMPORT_LOGS.map((action) => `logs:${action}`), on: IMPORT_LOG },
  ],
  "chain.refill": [
    // Nobody else scans it: what follows from the chain that is forgotten has no list.
    dynamo(CHAIN, "Scan"),
    held(CHAIN, "DeleteItem", "TIP", "S#*", "CAND"),
    held(CHAIN, "UpdateItem", "H#*"),
  ],
  // A chain may begin with the snapshot of another city, whose segments are below it.
  "snapshots.fetch": [
    s3(fleetObjects("snapshots/*", SEGMENTS), "GetObject"),
    s3(FLEET_BUCKETS, "ListBucket"),
  ],
  "addresses.keep": [
    s3(objects("state/peers.json", "state/bans.json"), "GetObject", "PutObject"),
    s3(BUCKET, "ListBucket"),
  ],
  "richList.read": read("state/rich-list.json"),
  "richList.write": [s3(objects("state/rich-list.json"), "PutObject")],
  "pool.read": [dynamo(POOL, "BatchGetItem", "Query")],
  // Unjudged bytes, a claim, the summary.
  "pool.get": [dynamo(POOL, "GetItem")],
  "pool.keepRaw": [held(POOL, "PutItem", "RAW#*")],
  "pool.write": [
    held(POOL, "PutItem", "POOL", "SUM", "IN#*"),
    held(POOL, "DeleteItem", "POOL", "IN#*"),
  ],
  "index.get": [dynamo(INDEX, "GetItem")],
  "index.list": [dynamo(INDEX, "Query")],
  "index.write": [dynamo(INDEX, "BatchGetItem", "PutItem")],
  "index.fold": [dynamo(INDEX, "PutItem")],
  // Whether the import took everything is seen by its rows: its own name would be a wildcard more.
  "index.load": [dynamo(INDEX, "ImportTable", "DescribeTable", "BatchGetItem")],
  "hints.block": send("blocks"),
  "hints.connect": send("connect"),
  "hints.transaction": send("transactions"),
  "hints.announce": send("announce"),
  "announce.take": take("announce"),
  "follow.publish": [{ actions: ["sns:Publish"], on: arn("sns", ({ topics }) => topics.follow) }],
  "operators.tell": [{ actions: ["sns:Publish"], on: arn("sns", ({ topics }) => topics.alarms) }],
  "queues.depth": [
    {
      actions: ["sqs:GetQueueAttributes"],
      on: (names, facts) =>
        (["connect", "dead", "deadFifo"] as const).flatMap((name) => queue(name)(names, facts)),
    },
  ],
  "signer.ask": [
    {
      actions: ["lambda:InvokeFunction"],
      on: arn("lambda", ({ prefix }) => `function:${prefix}-stake-sign`),
    },
  ],
  "signer.sign": [
    { actions: ["kms:Sign", "kms:GetPublicKey"], on: (_, { stakeKey = "" }) => [stakeKey] },
  ],
  "secrets.edge": [
    {
      actions: ["ssm:GetParameter"],
      on: (names) =>
        ["edge-key", "edge-key-next"].map(
          (name) =>
            `arn:aws:ssm:${names.region}:${names.account}:parameter${names.secrets}/${name}`,
        ),
    },
  ],
  "task.see": [
    {
      actions: ["ecs:DescribeServices", "ecs:UpdateService"],
      on: arn("ecs", ({ cluster, service }) => `service/${cluster}/${service}`),
    },
    {
      actions: ["ecs:DescribeTasks", "ecs:ListTasks"],
      on: EVERYTHING,
      only: { key: "ecs:cluster", values: arn("ecs", ({ cluster }) => `cluster/${cluster}`) },
    },
    { actions: ["ec2:DescribeNetworkInterfaces"], on: EVERYTHING },
  ],
  // Another count of a service that is there: no role is passed on, as to run a task would take.
  "replay.keep": [
    {
      actions: ["ecs:DescribeServices", "ecs:UpdateService"],
      on: arn("ecs", ({ cluster, replay }) => `service/${cluster}/${replay}`),
    },
  ],
  "seed.set": [
    {
      actions: ["route53:ChangeResourceRecordSets"],
      on: (_, { seed }) => [`arn:aws:route53:::hostedzone/${seed?.zoneId}`],
      only: {
        key: "route53:ChangeResourceRecordSetsNormalizedRecordNames",
        values: (_, { seed }) => (seed === undefined ? [] : [seed.name]),
      },
    },
  ],
  "vector.write": [
    {
      actions: [
        "cloudfront-keyvaluestore:DescribeKeyValueStore",
        "cloudfront-keyvaluestore:GetKey",
        "cloudfront-keyvaluestore:UpdateKeys",
      ],
      on: (_, { vector = "" }) => [vector],
    },
    {
      actions: ["s3:PutObject"],
      on: ({ environment, account }) => [
        `arn:aws:s3:::exos-${environment}-${account}-web/fleet.json`,
      ],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Request[]>>;

/** A call of a port. */
export type PortCall = keyof typeof CALLS;

/** Every action that some handler is granted, in alphabetical order. */
export function grantedActions(): readonly string[] {
  const requests: readonly Request[] = Object.values(CALLS).flat();
  return [...new Set(requests.flatMap(({ actions }) => actions))].sort();
}

/** Every call of a port that some handler may make. */
export const PORT_CALLS = Object.keys(CALLS) as PortCall[];

/** The requests that one call stands for. */
export function requestsOfCall(call: PortCall): readonly Request[] {
  return CALLS[call];
}
