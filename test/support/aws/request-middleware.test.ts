import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, numeric, text } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { makeCityTables } from "./city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "./dynamo-endpoint.ts";
import { type FaultOptions, injectFaults } from "./fault-requests.ts";
import { openFauxqsEndpoint } from "./fauxqs-endpoint.ts";
import { lintRequests, type Role } from "./lint-requests.ts";
import { type RequestRecord, recordRequests } from "./record-requests.ts";
import { sumUnits, unitsByKind } from "./request-meter.ts";

let endpoint: DynamoEndpoint;
beforeAll(async () => {
  endpoint = await openDynamoEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

const sk = binary(Uint8Array.of(0));
const key = (pk: string) => ({ pk: text(pk), sk });
const k = { k: binary(new Uint8Array(34)) };
const CHAIN = "exos-prod-syd-chain";
const COINS = "exos-prod-syd-coins-g3";
const ON_REV = { ConditionExpression: "#rev = :rev" };

interface Send {
  send(command: never): Promise<unknown>;
}

/** What the middleware writes of a command, whatever becomes of it. */
async function recordOf(client: Send & { readonly middlewareStack: unknown }, command: object) {
  const records = recordRequests(client);
  // The command is one of this client's.
  await client.send(command as never).catch(() => undefined);
  const [record] = records;
  if (record === undefined) throw new RangeError("nothing was recorded");
  return record;
}

describe("a recorded request", () => {
  it("has the names that a policy has", async () => {
    await using queues = await openFauxqsEndpoint();
    const seen: RequestRecord[] = [
      await recordOf(queues.sqs(), new SendMessageBatchCommand({ QueueUrl: "q", Entries: [] })),
      await recordOf(queues.sns(), new PublishCommand({ TopicArn: "arn:aws:sns:x", Message: "m" })),
      await recordOf(queues.s3(), new ListObjectsV2Command({ Bucket: "b" })),
      await recordOf(
        endpoint.client(),
        new QueryCommand({
          TableName: CHAIN,
          KeyConditionExpression: "#pk = :pk",
          ExpressionAttributeNames: { "#pk": "pk" },
          ExpressionAttributeValues: { ":pk": text("CAND") },
        }),
      ),
      await recordOf(
        endpoint.client(),
        new BatchGetItemCommand({ RequestItems: { [COINS]: { Keys: [k] } } }),
      ),
    ];
    const told = seen.map(({ service, action, resource }) => `${service}:${action} ${resource}`);
    expect(told).toEqual([
      "sqs:SendMessage q",
      "sns:Publish arn:aws:sns:x",
      "s3:ListBucket b",
      `dynamodb:Query ${CHAIN}`,
      `dynamodb:BatchGetItem ${COINS}`,
    ]);
    expect(seen[3]?.leadingKeys).toEqual(["CAND"]);
    expect(seen[4]?.leadingKeys).toEqual(["00".repeat(34)]);
    expect(seen.every(({ outcome }) => outcome === "failed" || outcome === "answered")).toBe(true);
  });

  it("says what it cost, and whether its condition refused it", async () => {
    const { chain } = await makeCityTables(endpoint.client(), ["chain"]);
    const client = endpoint.client();
    const records = recordRequests(client);
    const table = createDynamoTable({ client, table: chain });
    await table.put({ ...key("TIP"), large: binary(new Uint8Array(17_000)) });
    await table.get(key("TIP"));
    await table.put(key("TIP"), { text: "attribute_not_exists(#pk)" });
    expect(records.map(({ outcome }) => outcome)).toEqual(["answered", "answered", "refused"]);
    expect(sumUnits(records)).toEqual({ writes: 17, reads: 5, requests: 3 });
    expect([...unitsByKind(records).keys()]).toEqual(["PutItem TIP", "GetItem TIP"]);
  });
});

const STRONG = { ConsistentRead: true };
const TIP_PUT = new PutItemCommand({ TableName: CHAIN, Item: key("TIP") });
const FORBIDDEN: readonly (readonly [what: string, role: Role, command: object])[] = [
  ["a weak read", "connect", new GetItemCommand({ TableName: CHAIN, Key: key("TIP") })],
  ["a weak batch", "other", new BatchGetItemCommand({ RequestItems: { [COINS]: { Keys: [k] } } })],
  ["a scan in a request path", "connect", new ScanCommand({ TableName: COINS, ...STRONG })],
  ["a coin item that is put", "connect", new PutItemCommand({ TableName: COINS, Item: k })],
  ["a coin item that is deleted", "load", new DeleteItemCommand({ TableName: COINS, Key: k })],
  [
    "a mark with a condition",
    "connect",
    new UpdateItemCommand({ TableName: COINS, Key: k, UpdateExpression: "ADD #c :m", ...ON_REV }),
  ],
  [
    "a mark that is taken away",
    "connect",
    new UpdateItemCommand({ TableName: COINS, Key: k, UpdateExpression: "DELETE #c :m" }),
  ],
  ["a tip without a condition", "connect", TIP_PUT],
  [
    "a tip that is forgotten whatever it is",
    "load",
    new DeleteItemCommand({ TableName: CHAIN, Key: key("TIP") }),
  ],
  [
    "a tip of somebody else",
    "other",
    new PutItemCommand({ TableName: CHAIN, Item: key("TIP"), ...ON_REV }),
  ],
  [
    "a tip that is changed in part",
    "load",
    new UpdateItemCommand({ TableName: CHAIN, Key: key("TIP"), UpdateExpression: "SET #a = :a" }),
  ],
  [
    "a write of several items",
    "load",
    new TransactWriteItemsCommand({
      TransactItems: [{ Put: { TableName: CHAIN, Item: key("TIP") } }],
    }),
  ],
];

describe("the lint", () => {
  it.each(FORBIDDEN)("finds %s", async (_, role, command) => {
    const record = await recordOf(endpoint.client(), command);
    expect(lintRequests([record], role)).toHaveLength(1);
  });

  it("lets pass what is allowed", async () => {
    const allowed = [
      new GetItemCommand({ TableName: CHAIN, Key: key("TIP"), ...STRONG }),
      new UpdateItemCommand({
        TableName: COINS,
        Key: k,
        UpdateExpression: "SET #o = :o ADD #c :m",
      }),
      new PutItemCommand({ TableName: CHAIN, Item: key("TIP"), ...ON_REV }),
      new DeleteItemCommand({ TableName: CHAIN, Key: key("CAND") }),
    ];
    for (const command of allowed) {
      expect(lintRequests([await recordOf(endpoint.client(), command)], "connect")).toEqual([]);
    }
  });
});

describe("injected faults", () => {
  async function open(faults: Partial<FaultOptions>) {
    const { chain } = await makeCityTables(endpoint.client(), ["chain"]);
    const client = endpoint.client();
    const records = recordRequests(client);
    const faulty = injectFaults(client, { seed: 7, ...faults });
    const pauses: number[] = [];
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    const table = createDynamoTable({ client, table: chain, pause });
    return { table, faulty, records, pauses };
  }

  it("cut batches, which are read to their end with pauses in between", async () => {
    const { table, faulty, records, pauses } = await open({ cut: 0.6, seed: 3 });
    const keys = Array.from({ length: 150 }, (_, at) => key(`H#${at}`));
    for (const one of keys) await table.put(one);
    const rounds = 10;
    for (let round = 0; round < rounds; round++) expect(await table.getMany(keys)).toEqual(keys);
    expect(faulty.counts.cut).toBeGreaterThan(rounds);
    expect(records.filter(({ action }) => action === "BatchGetItem").length).toBe(
      pauses.length + 2 * rounds,
    );
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1_000);
  });

  it("that never end are a fault that may pass", async () => {
    const { table, pauses } = await open({ cut: 1 });
    // Of one key, a cut batch brings none.
    await expect(table.getMany([key("a")])).rejects.toMatchObject({ retryable: true });
    expect(pauses).toHaveLength(8);
  });

  it.each(["throttled", "lost", "unanswered"] as const)(
    "end as a fault that may pass when each request is %s",
    async (what) => {
      const { table, faulty } = await open({ [what]: 1 });
      const fault = { name: "StoreFault", retryable: true, code: "EXOS-E8100" };
      await expect(table.put(key("a"))).rejects.toMatchObject(fault);
      expect(faulty.counts[what]).toBe(3);
    },
  );

  it("do what was asked although its answer is lost", async () => {
    const { table } = await open({ unanswered: 1 });
    const other = createDynamoTable({ client: endpoint.client(), table: table.name });
    await expect(table.put(key("a"))).rejects.toThrow("TimeoutError");
    expect(await other.get(key("a"))).toEqual(key("a"));
  });

  it("bring writes again, later", async () => {
    const { table, faulty } = await open({ doubled: 1 });
    await table.updated(key("n"), { text: "ADD #n :one", values: { one: numeric(1) } });
    await faulty.deliverLate();
    const other = createDynamoTable({ client: endpoint.client(), table: table.name });
    expect((await other.get(key("n")))?.["n"]).toEqual(numeric(2));
  });
});
