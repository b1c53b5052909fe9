import { setTimeout } from "node:timers/promises";
import {
  type DescribeTableCommand,
  type DynamoDBClient,
  ImportTableCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generationKey } from "#shared/adapters/aws/coin-generations.ts";
import { createDynamoCursors } from "#shared/adapters/aws/dynamo-cursors.ts";
import { numeric } from "#shared/adapters/aws/dynamo-item.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { openIndexImport } from "#shared/adapters/aws/index-import.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { scanAll } from "#shared/adapters/aws/scan-all.ts";
import { openDiskOutputs } from "#shared/adapters/embedded/disk-outputs.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import {
  DYNAMO_TRAITS,
  type DynamoEndpoint,
  openDynamoEndpoint,
} from "../support/aws/dynamo-endpoint.ts";
import { openCityIndex } from "../support/aws/dynamo-index.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { importingClient } from "../support/aws/importing-client.ts";
import { chainOf, growBlock, growRandomBlock, TO_B } from "../support/block-tree.ts";
import { seededNumbers } from "../support/flaky.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { EXOS_WIRE } from "../support/wires.ts";
import { addAndFollow } from "./address-index.contract.ts";
import { contractOn } from "./contract-cases.ts";

let tables: DynamoEndpoint;
let buckets: FauxqsEndpoint;
beforeAll(async () => {
  [tables, buckets] = await Promise.all([openDynamoEndpoint(), openFauxqsEndpoint()]);
});
afterAll(() => Promise.all([tables[Symbol.asyncDispose](), buckets[Symbol.asyncDispose]()]));

const clock = createManualClock(unixSeconds(1_700_000_000));
const FOLDER = "snapshots/39-0a1b2c3d";

/** Owners of all kinds, spends of outputs that are long gone, coins that nobody can spend. */
const CHAIN = (() => {
  const random = seededNumbers(7);
  let tip = growBlock(undefined, 0, [{ spends: [], pays: [[7n, TO_B]] }]);
  for (let grown = 1; grown < 16; grown++) tip = growRandomBlock(tip, random);
  return chainOf(tip);
})();
const LAST = CHAIN.at(-1) ?? CHAIN[0];

async function openCity() {
  const client = tables.client();
  const names = await makeCityTables(client, ["chain", "index"]);
  const s3 = buckets.s3();
  const objects = createS3Objects({ client: s3, bucket: await makeCityBucket(s3) });
  const cursors = createDynamoCursors(createDynamoTable({ client, table: names.chain }));
  return { client, names, objects, cursors };
}

type City = Awaited<ReturnType<typeof openCity>>;

/** Everything in a table, in the order of its keys. */
async function itemsOf(client: DynamoDBClient, table: string): Promise<string[]> {
  const items: string[] = [];
  for await (const item of scanAll(createDynamoTable({ client, table }), 2)) {
    const names = Object.keys(item).sort();
    const hex = (name: string) => Buffer.from(item[name]?.B ?? []).toString("hex");
    items.push(names.map((name) => `${name}=${hex(name)}`).join(" "));
  }
  return items.sort();
}

async function importChain(
  { names, objects }: Pick<City, "names" | "objects">,
  client: Pick<DynamoDBClient, "send">,
  pauseMs = 0,
) {
  // What an import that died left behind.
  await objects.put(`${FOLDER}/index-9.json.gz`, Uint8Array.of(1, 2, 3));
  await using outputs = await openDiskOutputs(temporaryFolder());
  const options = { client, tables: names, objects, folder: FOLDER, clock, wire: EXOS_WIRE };
  const pause = () => setTimeout(pauseMs);
  const index = await openIndexImport({ ...options, outputs, pause, fileBytes: 3_000 });
  for (const { height, hash, bytes } of CHAIN) {
    await index.add({ height, hash, bytes: bytes.slice() });
  }
  const { height, hash } = LAST;
  const isMade = await index.finish({ rev: 3, height, hash });
  for await (const { key } of objects.list(FOLDER)) expect.fail(`${key} was left`);
  return isMade;
}

/** What the follower makes of the same blocks. */
async function followed(): Promise<string[]> {
  const client = tables.client();
  const index = await openCityIndex(client);
  await addAndFollow(index, LAST);
  return itemsOf(client, `${index.name}-g0`);
}

describe("an index out of files", () => {
  it("is what its follower would have written, in a new generation that is in use", async () => {
    const city = await openCity();
    const { client } = importingClient(city.client, city.objects, "index");
    expect(await importChain(city, client)).toBe("in use");
    const { height, hash } = LAST;
    expect(await city.cursors.get("index")).toEqual({ rev: 3, height, hash, generation: 1 });
    const expected = await followed();
    expect(expected.length).toBeGreaterThan(80);
    expect(await itemsOf(city.client, `${city.names.index}-g1`)).toEqual(expected);
  });

  it("is not in use where the import left a part out", async () => {
    const city = await openCity();
    const { client } = importingClient(city.client, city.objects, "index");
    const send = async (command: unknown) => {
      if (command instanceof ImportTableCommand) {
        for await (const { key } of city.objects.list(`${FOLDER}/index-0`)) {
          await city.objects.delete(key);
        }
      }
      return client.send(command as DescribeTableCommand);
    };
    const losing = { send: send as DynamoDBClient["send"] };
    await expect(importChain(city, losing)).rejects.toThrow(/the end of 1 of \d+ files is missing/);
    expect(await city.cursors.get("index")).toBeUndefined();
  });

  it("is left to its follower where the engine knows no imports", async () => {
    const city = await openCity();
    const unknown = Object.assign(new Error(), { name: "UnknownOperationException" });
    const send = async (command: unknown) =>
      command instanceof ImportTableCommand
        ? Promise.reject(unknown)
        : city.client.send(command as DescribeTableCommand);
    expect(await importChain(city, { send: send as DynamoDBClient["send"] })).toBe("no imports");
    expect(await city.cursors.get("index")).toBeUndefined();
  });
});

describe("the number of an index", () => {
  it("has two digits at most, as the roles name it", async () => {
    const city = await openCity();
    const { client } = importingClient(city.client, city.objects, "index");
    const chain = createDynamoTable({ client: city.client, table: city.names.chain });
    await chain.put({ ...generationKey("index"), n: numeric(98) });
    expect(await importChain(city, client)).toBe("in use");
    expect((await city.cursors.get("index"))?.generation).toBe(99);
    expect(await importChain(city, client)).toBe("no number");
    expect((await city.cursors.get("index"))?.generation).toBe(99);
  });
});

contractOn("index-import", DYNAMO_TRAITS, ({ needing }) => {
  needing("import-table")("makes a table of the same facts as its follower", async () => {
    const city = await openCity();
    // The emulator is still at it when its table answers.
    expect(await importChain(city, city.client, 50)).toBe("in use");
    expect(await itemsOf(city.client, `${city.names.index}-g1`)).toEqual(await followed());
  });
});
