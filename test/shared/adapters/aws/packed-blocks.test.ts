import { expect, it } from "vitest";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { makeCityBucket } from "../../../support/aws/city-bucket.ts";
import { makeCityTables } from "../../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../../../support/aws/fauxqs-endpoint.ts";
import {
  bodyOf,
  EMPTY_TOTALS,
  openPackingCity,
  recordChain,
} from "../../../support/aws/packing-city.ts";
import { recordRequests } from "../../../support/aws/record-requests.ts";

const SEGMENT = 100;
const SEGMENTS = 2;

it("reads headers that lie side by side in one request for each segment", async () => {
  await using tables = await openDynamoEndpoint();
  await using buckets = await openFauxqsEndpoint();
  const [dynamo, s3] = [tables.client(), buckets.s3()];
  const { chain: table } = await makeCityTables(dynamo, ["chain"]);
  const bucket = await makeCityBucket(s3);
  const base = SEGMENTS * SEGMENT;
  const records = recordChain(base + 1);
  const plan = { chain: records, base, segmentBlocks: SEGMENT, owner: "us", now: 1_700_000_000 };
  const { deps, chain, objects, headers, blocks } = openPackingCity(
    { dynamo, s3, table, bucket },
    plan,
  );
  await Promise.all(
    records.map(async (record) => {
      await blocks.put(record.hash, bodyOf(record));
      await headers.put(record, bodyOf(record).length);
      await headers.setApplied(record.hash, 0, EMPTY_TOTALS.encode());
    }),
  );
  while ((await packSegments(deps)) > 0);

  const requests = recordRequests(s3);
  /** What a process that begins now reads of these heights, and in how many requests. */
  async function read(heights: readonly number[]) {
    const packed = createPackedBlocks({ chain, objects, segmentBlocks: SEGMENT });
    const before = requests.length;
    const hashes = heights.flatMap((height) => records[height]?.hash ?? []);
    const found = await packed.headers(hashes);
    expect(found.map((header) => header?.record)).toEqual(heights.map((at) => records[at]));
    return requests.length - before;
  }
  const whole = Array.from({ length: base }, (_, height) => height);
  expect(await read(whole)).toBe(SEGMENTS);
  expect(await read(whole.toReversed().slice(30, 170))).toBe(SEGMENTS);
  // Side by side, and in two objects.
  expect(await read([SEGMENT, SEGMENT - 1])).toBe(2);
  expect(await read([7, 7, 71])).toBe(1);
  // More would be read in vain than a request costs.
  expect(await read([7, 72])).toBe(2);
});
