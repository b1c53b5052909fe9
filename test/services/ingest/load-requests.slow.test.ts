import { afterAll, beforeAll, expect, it } from "vitest";
import { publishSet } from "#services/ingest/compose-publish.ts";
import { fillSet } from "#services/ingest/compose-set.ts";
import { type LoadDeps, runLoad } from "#services/ingest/load/run-load.ts";
import { createAwsSegments } from "#shared/adapters/aws/aws-segments.ts";
import { createCoinImport } from "#shared/adapters/aws/coin-import.ts";
import { createDynamoGenerations } from "#shared/adapters/aws/dynamo-generations.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { clearImportFiles } from "#shared/adapters/aws/import-files.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3RichList } from "#shared/adapters/aws/s3-rich-list.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { type CityTables, makeCityTables } from "../../support/aws/city-tables.ts";
import { cityValidator } from "../../support/aws/city-validator.ts";
import { addMiddleware } from "../../support/aws/client-middleware.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import { importingClient } from "../../support/aws/importing-client.ts";
import { CrashError } from "../../support/crash-at.ts";
import {
  coinsOf,
  LOADED,
  mineOn,
  preparedFrom,
  SEGMENT,
  START,
  storesWith,
} from "../../support/load-rig.ts";

const ALIVE = new AbortController().signal;
const chain = await mineOn(undefined, LOADED);
const prepared = await preparedFrom(chain);
const muhash = await setHash(prepared.from);

let tables: DynamoEndpoint;
let buckets: FauxqsEndpoint;
beforeAll(async () => {
  [tables, buckets] = await Promise.all([openDynamoEndpoint(), openFauxqsEndpoint()]);
});
afterAll(async () => {
  await Promise.all([tables[Symbol.asyncDispose](), buckets[Symbol.asyncDispose]()]);
  prepared[Symbol.dispose]();
});

async function setHash({ coins }: typeof prepared.from): Promise<HashHex> {
  const tip = await coins.tip();
  if (tip === undefined) throw new RangeError("no tip");
  return toHashHex((await coins.totals(tip)).muhash);
}

interface City {
  readonly names: CityTables;
  readonly bucket: string;
  readonly clock: ReturnType<typeof createManualClock>;
}

const openCity = async (): Promise<City> => ({
  names: await makeCityTables(tables.client(), ["chain", "coins"]),
  bucket: await makeCityBucket(buckets.s3()),
  clock: createManualClock(START),
});

/** A task that loads a city; `crash`: which of its requests is its last. */
function openTask(
  { names, bucket, clock }: City,
  owner: string,
  crash?: { readonly request: number; readonly when: "before" | "after" },
) {
  const [dynamo, s3] = [tables.client(), buckets.s3()];
  let requests = 0;
  for (const client of [dynamo, s3]) {
    addMiddleware(client, { name: "crash", step: "initialize" }, (sendOn) => async (sent) => {
      requests++;
      if (crash === undefined || requests < crash.request) return sendOn(sent);
      if (requests === crash.request && crash.when === "after") await sendOn(sent);
      throw new CrashError("crash");
    });
  }
  const validator = cityValidator(exosRegtest, START, { dynamo, s3, bucket, tables: names });
  const { coins, headers, blocks, shared } = validator;
  const table = createDynamoTable({ client: dynamo, table: names.chain });
  const objects = createS3Objects({ client: s3, bucket });
  const log = createMemoryLog();
  const importing = (name: string) =>
    createCoinImport({
      client: importingClient(dynamo, objects, "coins").client,
      ...{ tables: names, objects, clock },
      folder: `snapshots/${name}`,
      pause: async () => undefined,
    });
  const fill = { network: exosRegtest, city: coins, importing, log };
  const ports = {
    ...{ coins, headers, blocks, clock, log, owner },
    leases: createDynamoLeases(table),
    notice: shared.notice,
    generations: createDynamoGenerations({ chain: table, coins: names.coins, clock }),
    snapshots: createS3Snapshots(objects),
    richList: createS3RichList(objects),
    segments: createAwsSegments({ chain: table, objects, blocks }),
  };
  const deps: LoadDeps = {
    ...ports,
    network: exosRegtest,
    segmentBlocks: SEGMENT,
    follow: { send: async () => undefined },
    clearImports: () => clearImportFiles(objects),
    prepare: async () => ({
      headers: prepared.from.headers,
      blocks: prepared.from.blocks,
      fill: () => fillSet({ path: prepared.folder, muhash, assumed: false }, fill),
      publish: (to) => publishSet(prepared.folder, to),
      replay: async () => expect.fail("nothing was assumed"),
    }),
  };
  // Its connections end with a process: an endpoint has only so many for all of them.
  const close = () => {
    for (const client of [dynamo, s3]) client.destroy();
  };
  return { deps, ports, objects, requests: () => requests, [Symbol.dispose]: close };
}

/** What is in the city, whatever the numbers of what came before. */
async function endOf(city: City) {
  using task = openTask(city, "nobody");
  const { ports, objects } = task;
  const tip = await ports.coins.tip();
  const keys: string[] = [];
  for await (const { key } of objects.list("")) keys.push(key);
  return {
    at: { hash: tip?.hash, height: tip?.height, floor: tip?.floor, final: tip?.final },
    coins: await coinsOf(ports),
    keys: keys.sort(),
    richest: await ports.richList.richest(9),
    state: (await ports.generations.get(tip?.gen ?? 0))?.state,
    holder: await ports.leases.holder("load", city.clock.now()),
  };
}

it.each(["before", "after"] as const)(
  "a load that dies %s any of its requests leaves what the next one brings to the same end",
  async (when) => {
    const whole = await openCity();
    using only = openTask(whole, "only");
    expect((await runLoad(only.deps, ALIVE)).state).toBe("loaded");
    const end = await endOf(whole);
    expect(end.coins).toEqual(await coinsOf(await storesWith(chain)));
    let died = 0;
    for (let request = 1; ; request++) {
      const city = await openCity();
      using task = openTask(city, "first", { request, when });
      await runLoad(task.deps, ALIVE).then(
        () => undefined,
        () => died++,
      );
      // The lease of the dead runs out.
      city.clock.advance(61_000);
      using second = openTask(city, "second");
      const next = await runLoad(second.deps, ALIVE);
      expect(next.state, `request ${request}`).toBe("loaded");
      expect(await endOf(city), `request ${request}`).toEqual(end);
      if (task.requests() < request) break;
    }
    process.stdout.write(`load over tables: died ${when} each of ${died} requests\n`);
    expect(died).toBeGreaterThan(20);
  },
);
