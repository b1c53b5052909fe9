import { afterAll, beforeAll, expect, it } from "vitest";
import { type ConnectDeps, connectHinted } from "#services/validate/connect-hinted.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { RunningTotals } from "#shared/coins/running-totals.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { type CityTables, makeCityTables } from "../../support/aws/city-tables.ts";
import { cityValidator } from "../../support/aws/city-validator.ts";
import { addMiddleware } from "../../support/aws/client-middleware.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import { CrashError } from "../../support/crash-at.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";

const NOW = unixSeconds(1_700_000_000);
const RUN = { attempt: 1, deadlineMs: Number.POSITIVE_INFINITY };

let tables: DynamoEndpoint;
let objects: FauxqsEndpoint;
let lighter: MinedBlock[] = [];
let heavier: MinedBlock[] = [];
beforeAll(async () => {
  tables = await openDynamoEndpoint();
  objects = await openFauxqsEndpoint();
  const genesis = genesisRecord(exosRegtest);
  const mine = (count: number, to: number) =>
    mineChain(genesis, count, { script: Uint8Array.of(to), network: exosRegtest });
  lighter = await mine(1, 0x51);
  heavier = await mine(2, 0x52);
});
afterAll(async () => {
  await tables[Symbol.asyncDispose]();
  await objects[Symbol.asyncDispose]();
});

interface Tables {
  readonly names: CityTables;
  readonly bucket: string;
}

/** Tables of a city as one worker reaches them; `crash`: which of its requests is its last. */
function openWorker(
  { names, bucket }: Tables,
  crash?: { readonly request: number; readonly when: "before" | "after" },
): { readonly deps: ConnectDeps; readonly requests: () => number } {
  const dynamo = tables.client();
  let requests = 0;
  addMiddleware(dynamo, { name: "crash", step: "initialize" }, (sendOn) => async (sent) => {
    requests++;
    if (crash === undefined || requests < crash.request) return sendOn(sent);
    if (requests === crash.request && crash.when === "after") await sendOn(sent);
    throw new CrashError("crash");
  });
  const city = { dynamo, s3: objects.s3(), bucket, tables: names };
  return { deps: cityValidator(exosRegtest, NOW, city), requests: () => requests };
}

/** Tables in which the lighter branch is the tip and the heavier one waits, unchecked. */
async function prepare(): Promise<Tables> {
  const city = {
    names: await makeCityTables(tables.client(), ["chain", "coins"]),
    bucket: await makeCityBucket(objects.s3()),
  };
  const { deps } = openWorker(city);
  await connectHinted(RUN, deps);
  for (const { bytes } of lighter) await storeBlock(bytes, deps);
  await connectHinted(RUN, deps);
  for (const { bytes } of heavier) await storeBlock(bytes, deps);
  return city;
}

async function endOf(city: Tables) {
  const { deps } = openWorker(city);
  const tip = await deps.coins.tip();
  if (tip?.mu === undefined) throw new RangeError("no tip");
  const { hash, height, work } = tip;
  const headers = await deps.headers.getMany(heavier.map(({ record }) => record.hash));
  const applied = headers.map((header) => header?.applied);
  const candidates = await deps.headers.candidates(work, 64);
  return {
    hash,
    height,
    applied,
    candidates,
    totals: RunningTotals.decode("exos", tip.mu).totals(),
  };
}

it.each(["before", "after"] as const)(
  "a worker that dies %s any of its requests leaves what the next one brings to the same end",
  async (when) => {
    const whole = await prepare();
    await connectHinted(RUN, openWorker(whole).deps);
    const end = await endOf(whole);
    expect(end.hash).toBe(heavier.at(-1)?.record.hash);
    let died = 0;
    for (let request = 1; ; request++) {
      const city = await prepare();
      const worker = openWorker(city, { request, when });
      await connectHinted(RUN, worker.deps).then(
        () => undefined,
        () => died++,
      );
      const { hash } = await endOf(city);
      expect([lighter.at(-1)?.record.hash, end.hash], `request ${request}`).toContain(hash);
      await connectHinted({ ...RUN, attempt: 2 }, openWorker(city).deps);
      expect(await endOf(city), `request ${request}`).toEqual(end);
      if (worker.requests() < request) break;
    }
    process.stdout.write(`connect over tables: died ${when} each of ${died} requests\n`);
    expect(died).toBeGreaterThan(20);
  },
);
