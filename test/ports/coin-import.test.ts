import {
  DescribeImportCommand,
  type DescribeTableCommand,
  type DynamoDBClient,
  ImportTableCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCoinImport } from "#shared/adapters/aws/coin-import.ts";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createDynamoGenerations } from "#shared/adapters/aws/dynamo-generations.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { itemOfCoins, type SnapshotCoin } from "#shared/coins/snapshot-coin.ts";
import type { CoinStore, ScannedItem } from "#shared/ports/coin-store.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { ZERO_HASH_HEX } from "#shared/primitives/hash.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { importingClient } from "../support/aws/importing-client.ts";
import { sortHere } from "../support/aws/sort-here.ts";
import { txidOf } from "../support/coin-chain.ts";
import { contractOn } from "./contract-cases.ts";

let tables: DynamoEndpoint;
let buckets: FauxqsEndpoint;
beforeAll(async () => {
  [tables, buckets] = await Promise.all([openDynamoEndpoint(), openFauxqsEndpoint()]);
});
afterAll(() => Promise.all([tables[Symbol.asyncDispose](), buckets[Symbol.asyncDispose]()]));

const clock = createManualClock(unixSeconds(1_700_000_000));

/** Items as a snapshot has them: outputs left out, a script too long for an item, all kinds. */
const ITEMS = Array.from({ length: 40 }, (_, at) => {
  const txid = txidOf(`import ${at}`);
  const indexes = at % 3 === 0 ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8];
  const coins = indexes.map((index): SnapshotCoin => {
    const kind = (["ordinary", "coinbase", "coinstake"] as const)[at % 3] ?? "ordinary";
    const scriptPubKey = new Uint8Array(at === 5 ? 10_001 : 25).fill(0x51 + at);
    const value = amount(BigInt(1_000 * at + index));
    const coin = {
      value,
      scriptPubKey,
      kind,
      height: height(at),
      time: unixSeconds(1_600_000_000),
    };
    return { txid, index, coin };
  });
  return itemOfCoins(coins);
});

async function openCity() {
  const client = tables.client();
  const names = await makeCityTables(client, ["chain", "coins"]);
  const s3 = buckets.s3();
  const objects = createS3Objects({ client: s3, bucket: await makeCityBucket(s3) });
  const options = { client, tables: names, clock };
  const coins = createDynamoCoinStore({
    ...options,
    dialect: "exos",
    entropy: createSystemEntropy(),
    pause: async () => undefined,
    sort: sortHere,
  });
  return { client, names, objects, options, coins };
}

async function itemsOf(coins: CoinStore, generation: number): Promise<ScannedItem[]> {
  const items: ScannedItem[] = [];
  const zero = height(0);
  const view = { gen: generation, floor: zero, height: zero, hash: ZERO_HASH_HEX, work: 0n };
  for await (const item of coins.scan({ ...view, base: zero, win: [] })) items.push(item);
  return items;
}

/** What the update loop makes of the same items. */
async function written({ coins }: Pick<Awaited<ReturnType<typeof openCity>>, "coins">) {
  const generation = await coins.createGeneration();
  await coins.apply(generation, ITEMS);
  return itemsOf(coins, generation);
}

async function importedBy(
  client: Pick<DynamoDBClient, "send">,
  { names, objects }: Pick<Awaited<ReturnType<typeof openCity>>, "names" | "objects">,
) {
  const folder = "snapshots/39-0a1b2c3d";
  // What an import that died left behind.
  await objects.put(`${folder}/import-9.json.gz`, Uint8Array.of(1, 2, 3));
  const source = createCoinImport({
    client,
    tables: names,
    objects,
    folder,
    clock,
    fileBytes: 2_000,
    pause: async () => undefined,
  });
  const generation = await source.coins.createGeneration();
  await source.coins.apply(generation, ITEMS.slice(0, 15));
  await source.coins.apply(generation, ITEMS.slice(15));
  const waiting: string[] = [];
  for await (const { key } of objects.list(`${folder}/import-`)) waiting.push(key);
  expect(waiting.length).toBeGreaterThan(2);
  expect(await source.finish(generation)).toBe(true);
  for await (const { key } of objects.list(folder)) expect.fail(`${key} was left`);
  return generation;
}

describe("files for an import", () => {
  it("hold what the update loop would have written", async () => {
    const city = await openCity();
    const { client, protectedTables } = importingClient(city.client, city.objects, "coins");
    const generation = await importedBy(client, city);
    expect(protectedTables).toEqual([`${city.names.coins}-g${generation}`]);
    expect(await itemsOf(city.coins, generation)).toEqual(await written(city));
  });

  it("are waited for though a look at them is throttled", async () => {
    const city = await openCity();
    const { client } = importingClient(city.client, city.objects, "coins");
    const importing = client.send as (command: unknown) => Promise<object>;
    let done: object | undefined;
    let looks = 0;
    const send = async (command: unknown) => {
      if (command instanceof DescribeImportCommand) {
        if (looks++ > 0) return done;
        throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
      }
      const answer = await importing(command);
      if (!(command instanceof ImportTableCommand)) return answer;
      done = answer;
      return { ImportTableDescription: { ImportStatus: "IN_PROGRESS" } };
    };
    await importedBy({ send: send as DynamoDBClient["send"] }, city);
    expect(looks).toBe(2);
  });

  it("are refused when not every item came out of them", async () => {
    const { client, names, objects } = await openCity();
    const none = { ImportStatus: "COMPLETED", ImportedItemCount: 39, ErrorCount: 1 };
    const send = async (command: unknown) =>
      command instanceof ImportTableCommand
        ? { ImportTableDescription: none }
        : client.send(command as DescribeTableCommand);
    const losing = { send: send as DynamoDBClient["send"] };
    await expect(importedBy(losing, { names, objects })).rejects.toThrow("39 of 40 items");
  });
});

describe("an endpoint that knows no imports", () => {
  it("is told from one that failed, and nothing is left of the try", async () => {
    const { names, objects, options } = await openCity();
    const unknown = Object.assign(new Error(), { name: "UnknownOperationException" });
    const send = async (command: unknown) =>
      command instanceof ImportTableCommand
        ? Promise.reject(unknown)
        : options.client.send(command as DescribeTableCommand);
    const client = { send: send as DynamoDBClient["send"] };
    const folder = "snapshots/39-0a1b2c3d";
    const source = createCoinImport({ client, tables: names, objects, folder, clock });
    const generation = await source.coins.createGeneration();
    await source.coins.apply(generation, ITEMS);
    expect(await source.finish(generation)).toBe(false);
    for await (const { key } of objects.list(folder)) expect.fail(`${key} was left`);
    const chain = createDynamoTable({ client: options.client, table: names.chain });
    const generations = createDynamoGenerations({ chain, coins: names.coins, clock });
    expect(await generations.get(generation)).toMatchObject({ state: "dropped" });
  });
});

contractOn("coin-import", DYNAMO_TRAITS, ({ needing }) => {
  needing("import-table")("makes a table of the same coins as the update loop", async () => {
    const city = await openCity();
    const generation = await importedBy(city.client, city);
    expect(await itemsOf(city.coins, generation)).toEqual(await written(city));
  });
});
