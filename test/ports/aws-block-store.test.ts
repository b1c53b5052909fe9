import { afterAll, describe, expect, it } from "vitest";
import { createAwsBlockStore } from "#shared/adapters/aws/aws-block-store.ts";
import { createDynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { injectFaults, ROUGH } from "../support/aws/fault-requests.ts";
import { FAUXQS_TRAITS, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { blockStoreContract } from "./block-store.contract.ts";
import { contractOn } from "./contract-cases.ts";

const tables = await openDynamoEndpoint();
const buckets = await openFauxqsEndpoint();
afterAll(() => Promise.all([tables[Symbol.asyncDispose](), buckets[Symbol.asyncDispose]()]));

const hash = "ab".repeat(32) as HashHex;
/** Of ROUGH, what a bucket does; it reads no batches. */
const OBJECT_FAULTS = { throttled: 0.06, lost: 0.04, unanswered: 0.06 };
const NOTHING_PACKED = { isKnown: () => false, body: async () => undefined };

/** Blocks of a new city. @param faultSeed of a bad day; a good one without it */
async function open(faultSeed?: number) {
  const { chain: table } = await makeCityTables(tables.client(), ["chain"]);
  const bucket = await makeCityBucket(buckets.s3());
  const [client, s3] = [tables.client(), buckets.s3()];
  if (faultSeed !== undefined) {
    injectFaults(client, { ...ROUGH, seed: faultSeed, sparesLast: true });
    injectFaults(s3, { ...OBJECT_FAULTS, seed: faultSeed, sparesLast: true });
  }
  const objects = createS3Objects({ client: s3, bucket });
  const chain = createDynamoTable({ client, table });
  return {
    chain,
    objects,
    blocks: createAwsBlockStore({ chain, objects, packed: NOTHING_PACKED }),
  };
}

async function objectsOf(of: Awaited<ReturnType<typeof open>>) {
  const keys: string[] = [];
  for await (const { key } of of.objects.list("")) keys.push(key);
  return keys;
}

/** Drop a body that is another, then the one that is there. */
async function dropBoth(bytes: number): Promise<void> {
  const city = await open();
  await city.blocks.put(hash, new Uint8Array(bytes).fill(3));
  await city.blocks.drop(hash, new Uint8Array(bytes).fill(4));
  expect(await city.blocks.get(hash)).toEqual(new Uint8Array(bytes).fill(3));
  await city.blocks.drop(hash, new Uint8Array(bytes).fill(3));
  expect(await city.blocks.get(hash)).toBeUndefined();
  await city.blocks.put(hash, new Uint8Array(bytes).fill(5));
  expect(await city.blocks.get(hash)).toEqual(new Uint8Array(bytes).fill(5));
}

contractOn("block-store", FAUXQS_TRAITS, ({ it, needing }) => {
  blockStoreContract(async () => (await open()).blocks);

  it("drops a short body where it is the one that is there", () => dropBoth(8_192));

  // A long one is an object, deleted on the condition that it is the one that was read.
  needing("conditional-deletes")("drops a long body where it is the one that is there", () =>
    dropBoth(8_193),
  );

  needing("conditional-objects")("keeps the first of two long bodies of one hash", async () => {
    const { blocks } = await open();
    await blocks.put(hash, new Uint8Array(9_000).fill(1));
    await blocks.put(hash, new Uint8Array(9_001).fill(2));
    expect(await blocks.get(hash)).toEqual(new Uint8Array(9_000).fill(1));
  });
});

contractOn("block-store on a bad day", FAUXQS_TRAITS, () => {
  let seed = 0;
  blockStoreContract(async () => (await open(++seed)).blocks);
});

describe("aws block store", () => {
  it.each([
    [8_192, []],
    [8_193, [`recent/${hash}`]],
  ])("keeps a body of %i bytes beside its header, or as an object above", async (bytes, keys) => {
    const city = await open();
    await city.blocks.put(hash, new Uint8Array(bytes).fill(3));
    expect(await objectsOf(city)).toEqual(keys);
    expect(await city.blocks.get(hash)).toEqual(new Uint8Array(bytes).fill(3));
    await city.blocks.forget(hash);
    expect(await city.blocks.get(hash)).toBeUndefined();
    expect(await objectsOf(city)).toEqual([]);
  });
});
