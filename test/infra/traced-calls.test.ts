import dns from "node:dns";
import { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Route53Client } from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { GrantFacts, PortCall } from "#infra/port-calls.ts";
import { cityNames } from "#regions/city-names.ts";
import { CITIES } from "#regions/fleet.ts";
import {
  callerOf,
  clientSettings,
  createDynamoClient,
  createKmsClient,
} from "#shared/adapters/aws/aws-clients.ts";
import { createCoinImport } from "#shared/adapters/aws/coin-import.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { ec2PublicAddress } from "#shared/adapters/aws/ec2-public-address.ts";
import { createEcsPeerTask } from "#shared/adapters/aws/ecs-peer-task.ts";
import { createEcsReplayTask } from "#shared/adapters/aws/ecs-replay-task.ts";
import { createEdgeFleetBoard } from "#shared/adapters/aws/edge-fleet-board.ts";
import { forgetChain } from "#shared/adapters/aws/forget-chain.ts";
import { openIndexImport } from "#shared/adapters/aws/index-import.ts";
import { rowKey } from "#shared/adapters/aws/index-keys.ts";
import { createIndexTables } from "#shared/adapters/aws/index-tables.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { createLambdaSigner } from "#shared/adapters/aws/lambda-signer.ts";
import { type ChainStores, openChainStores } from "#shared/adapters/aws/open-chain-stores.ts";
import { createRoute53SeedRecord } from "#shared/adapters/aws/route53-seed-record.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { createSqsQueueDepths } from "#shared/adapters/aws/sqs-queue-depths.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createSqsWorkSource } from "#shared/adapters/aws/sqs-work-source.ts";
import { createSsmSecrets } from "#shared/adapters/aws/ssm-secrets.ts";
import { openDiskOutputs } from "#shared/adapters/embedded/disk-outputs.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import { EDGE_KEY, EDGE_KEY_NEXT } from "#shared/fleet/edge-stamp.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { cannedAws } from "../support/aws/canned-aws.ts";
import { cannedFunction, cannedKey } from "../support/aws/canned-keys.ts";
import {
  EDGE_HOST,
  openTracedCity,
  TRACED_NAMES,
  type TracedCity,
} from "../support/aws/traced-city.ts";
import type { CannedAnswers } from "../support/aws/traced-endpoint.ts";
import { compareCall } from "../support/compare-call.ts";
import { RichChain } from "../support/rich-chain.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { TRACED_CALLS } from "../support/traced-calls.ts";

const { region, account, prefix, tables } = TRACED_NAMES;
const FACTS: Required<GrantFacts> = {
  stakeKey: `arn:aws:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000001`,
  seed: { zoneId: "Z0123456789ABCDEFGHIJ", name: "syd.seed.exos.example" },
  vector: `arn:aws:cloudfront::${account}:key-value-store/00000000-0000-0000-0000-000000000000`,
};
const SECRET = new Uint8Array(32).fill(7);
const chain = new RichChain();
const clock = createSystemClock();

let city: TracedCity;
/** The stores of a handler, whose requests are traced. */
let own: ChainStores;
beforeAll(async () => {
  const lookup = dns.lookup;
  vi.spyOn(dns, "lookup").mockImplementation(((name: string, ...rest: never[]) => {
    const here = name.endsWith(EDGE_HOST) ? "127.0.0.1" : name;
    return Reflect.apply(lookup, dns, [here, ...rest]);
  }) as typeof dns.lookup);
  const publicKey = toHex(publicKeyOf(SECRET));
  const canned = {
    ...cannedAws(TRACED_NAMES, { running: 1, since: 0 }),
    ...cannedKey(SECRET),
    ...cannedFunction(async () => ({ v: 1, kind: "key", publicKey })),
    ...cannedImport(),
  };
  city = await openTracedCity(exosRegtest, canned);
  for (const [name, value] of Object.entries(city.environment)) vi.stubEnv(name, value);
  const clients = { dynamo: createDynamoClient(), s3: createS3Client() };
  const entropy = createSystemEntropy();
  own = openChainStores(city.environment, { clients, network: exosRegtest, clock, entropy });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await city[Symbol.asyncDispose]();
});

const queue = (name: "EXOS_QUEUE_CONNECT" | "EXOS_QUEUE_ANNOUNCE" | "EXOS_QUEUE_TRANSACTIONS") =>
  createSqsWorkQueue<object>({
    client: createSqsClient(),
    queueUrl: city.environment[name],
    ...(name === "EXOS_QUEUE_CONNECT" ? { group: "chain", idOf: () => "1" } : {}),
  });

const caller = () => callerOf(createDynamoClient(), city.url);

/** Every kind of item that a refill takes away. */
async function refill(): Promise<void> {
  const of = createDynamoTable({ client: city.client, table: tables.chain });
  const sk = { B: Uint8Array.of(0) };
  for (const pk of ["TIP", "S#000001", "CAND"]) {
    await of.put({ pk: { S: pk }, sk, rev: { N: "1" } });
  }
  await of.put({ pk: { S: "H#00" }, sk, bad: { S: "bad-cs-amount" } });
  const chain = createDynamoTable({ client: createDynamoClient(), table: tables.chain });
  await forgetChain(chain, { rev: 1, segmentsFrom: 0, expectOurs: async () => undefined });
}

/** An import of one item that is done at the second look, and a table that can be protected. */
function cannedImport(): CannedAnswers {
  const json = (ImportStatus: string, more: object = {}) => {
    const ImportArn = `arn:aws:dynamodb:${region}:${account}:table/${tables.coins}-g1/import/1`;
    return {
      body: JSON.stringify({ ImportTableDescription: { ImportArn, ImportStatus, ...more } }),
    };
  };
  return {
    "dynamodb:ImportTable": () => json("IN_PROGRESS"),
    "dynamodb:DescribeImport": () => json("COMPLETED", { ImportedItemCount: 1, ErrorCount: 0 }),
    "dynamodb:UpdateTable": () => ({ body: JSON.stringify({ TableDescription: {} }) }),
  };
}

/** By an import; then without one, and away again. */
async function makeGenerations(): Promise<void> {
  const [block, record] = [chain.blocks[0], chain.records[1]];
  if (block === undefined || record === undefined) throw new RangeError("no block");
  const marks = marksOf(block, record, exosRegtest.consensus);
  const { coins, finish } = createCoinImport({
    client: createDynamoClient(),
    tables,
    objects: createS3Objects({ client: createS3Client(), bucket: TRACED_NAMES.buckets.chain }),
    folder: "snapshots/1-00000000",
    clock,
    pause: async () => undefined,
  });
  const imported = await coins.createGeneration();
  await coins.apply(imported, marks);
  await finish(imported);
  const made = await own.coins.createGeneration();
  await own.coins.dropGeneration(made);
}

/** Of one block, whose row the import would have made. */
async function makeIndex(): Promise<void> {
  const { hash, raw } = exosRegtest.consensus.genesis;
  const at = { height: height(0), hash: toHashHex(hash) };
  await createIndexTables({ client: city.client, name: tables.index }).create(1);
  const made = `${tables.index}-g1`;
  await createDynamoTable({ client: city.client, table: made }).put(rowKey(at));
  await using outputs = await openDiskOutputs(temporaryFolder());
  const index = await openIndexImport({
    client: createDynamoClient(),
    tables,
    objects: createS3Objects({ client: createS3Client(), bucket: TRACED_NAMES.buckets.chain }),
    folder: "snapshots/1-00000000",
    ...{ outputs, clock, wire: exosRegtest.consensus.wire },
    pause: async () => undefined,
  });
  await index.add({ ...at, bytes: raw.slice() });
  expect(await index.finish({ ...at, rev: 1 })).toBe("in use");
}

/** What a load begins with, of each city whose bucket there is. */
async function fetchSnapshots(): Promise<void> {
  for (const { code, host } of CITIES) {
    if (host.kind !== "aws") continue;
    const { buckets } = cityNames({ ...TRACED_NAMES, code, region: host.region });
    if (code !== TRACED_NAMES.code) city.makeBucket(buckets.chain);
    const objects = createS3Objects({ client: createS3Client(), bucket: buckets.chain });
    const snapshots = createS3Snapshots(objects);
    expect(await snapshots.names()).toEqual([]);
    expect(await snapshots.read("1-00000000", "manifest.json")).toBeUndefined();
    expect(await objects.read("segments/000000.seg")).toBeUndefined();
  }
}

async function lookAfterTask(): Promise<void> {
  const task = createEcsPeerTask({
    client: new ECSClient(clientSettings()),
    service: city.environment.EXOS_SERVICE_INGEST,
    addressOf: (networkInterface) => ec2PublicAddress(networkInterface, caller()),
  });
  expect(await task.see()).toMatchObject({ running: 1, provider: "spot", address: "192.0.2.9" });
  await task.use("on-demand");
}

async function writeVector(): Promise<void> {
  const board = createEdgeFleetBoard({
    store: new CloudFrontKeyValueStoreClient({ ...clientSettings(), region: "us-east-1" }),
    arn: FACTS.vector,
    key: "vector-syd",
    objects: createS3Client(),
    bucket: `exos-prod-${account}-web`,
  });
  expect(await board.vector()).toBe("");
  await board.putVector("1");
  await board.putPicture("{}");
}

/** How each call is made, by the adapter that a city has for it. */
const DRIVERS: Readonly<Record<(typeof TRACED_CALLS)[number], () => Promise<unknown>>> = {
  "announce.take": async () => {
    const stop = new AbortController();
    await city.send("announce", { v: 1, kind: "tip" });
    const source = createSqsWorkSource<object>({
      client: createSqsClient(),
      queueUrl: city.environment.EXOS_QUEUE_ANNOUNCE,
      read: (text) => JSON.parse(text),
      log: createMemoryLog(),
      clock,
      concurrency: 1,
      waitSeconds: 0,
    });
    await source.consume(async () => stop.abort(), stop.signal);
  },
  "chain.refill": refill,
  "generations.load": makeGenerations,
  "generations.set": makeGenerations,
  "hints.announce": () => queue("EXOS_QUEUE_ANNOUNCE").send({}),
  "hints.connect": () => queue("EXOS_QUEUE_CONNECT").send({}),
  "hints.transaction": () => queue("EXOS_QUEUE_TRANSACTIONS").send({}),
  "index.load": makeIndex,
  "queues.depth": () => {
    const { EXOS_QUEUE_CONNECT, EXOS_QUEUE_DEAD, EXOS_QUEUE_DEAD_FIFO } = city.environment;
    const dead = [EXOS_QUEUE_DEAD, EXOS_QUEUE_DEAD_FIFO];
    const client = createSqsClient();
    return createSqsQueueDepths({ client, connect: EXOS_QUEUE_CONNECT, dead }).read();
  },
  "replay.keep": async () => {
    const service = city.environment.EXOS_SERVICE_REPLAY;
    const replay = createEcsReplayTask({ client: new ECSClient(clientSettings()), service });
    expect(await replay.isWanted()).toBe(false);
    await replay.want(true);
  },
  "secrets.edge": async () => {
    const secrets = createSsmSecrets({ caller: caller(), path: TRACED_NAMES.secrets });
    for (const name of [EDGE_KEY, EDGE_KEY_NEXT]) expect(await secrets.get(name)).toBeDefined();
  },
  "seed.set": () => {
    const { zoneId: zone, name } = FACTS.seed;
    const client = new Route53Client(clientSettings());
    return createRoute53SeedRecord({ client, zone, name }).point(["192.0.2.9"]);
  },
  "signer.ask": async () => {
    const client = new LambdaClient(clientSettings());
    const signer = createLambdaSigner({ client, functionName: `${prefix}-stake-sign` });
    expect(await signer.publicKey()).toEqual(publicKeyOf(SECRET));
  },
  "signer.sign": () =>
    createKmsKey({ client: createKmsClient(), key: FACTS.stakeKey }).sign(new Uint8Array(32)),
  "snapshots.fetch": fetchSnapshots,
  "task.see": lookAfterTask,
  "vector.write": writeVector,
};

/** Calls that another one makes on its way, whose requests are theirs. */
const ON_THE_WAY: Readonly<Partial<Record<PortCall, readonly PortCall[]>>> = {
  "generations.load": ["generations.set", "coins.tip", "coins.apply"],
  "generations.set": ["generations.load", "coins.tip", "coins.apply"],
  "index.load": ["generations.load", "generations.set", "cursors.set"],
};

describe("what is granted for a call is what crosses the wire", () => {
  it.each(Object.entries(DRIVERS))("%s", async (name, drive) => {
    city.observed.clear();
    await city.as("load", drive);
    const asked = city.observed.get("load") ?? [];
    expect(asked.length).toBeGreaterThan(0);
    // It is a key of the list above.
    const call = name as PortCall;
    const others = ON_THE_WAY[call] ?? [];
    const compared = compareCall(call, { asked, others, names: TRACED_NAMES, facts: FACTS });
    expect(compared).toEqual({ refused: [], unused: [] });
  });
});
