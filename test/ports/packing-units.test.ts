import { expect } from "vitest";
import { IDLE_USAGE } from "#infra/usage.ts";
import { packSegments } from "#services/ingest/pack-segments.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { makeCityTables } from "../support/aws/city-tables.ts";
import { DYNAMO_TRAITS, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { bodyOf, EMPTY_TOTALS, openPackingCity, recordChain } from "../support/aws/packing-city.ts";
import { recordRequests } from "../support/aws/record-requests.ts";
import { sumUnits } from "../support/aws/request-meter.ts";
import { contractOn } from "./contract-cases.ts";

const SEGMENT = 60;
/** Of a near-empty block: it lies in the table. */
const BODY_BYTES = 200;

contractOn("units of a block put away", DYNAMO_TRAITS, ({ needing }) => {
  needing("capacity", "capacity-of-absent")("are what a city is said to pay for it", async () => {
    await using tables = await openDynamoEndpoint();
    await using buckets = await openFauxqsEndpoint();
    const [dynamo, s3] = [tables.client(), buckets.s3()];
    const { chain: table } = await makeCityTables(dynamo, ["chain"]);
    const bucket = await makeCityBucket(s3);
    const chain = recordChain(SEGMENT + 1);
    const plan = { chain, base: SEGMENT, segmentBlocks: SEGMENT, owner: "us", now: 1_700_000_000 };
    const { deps, headers, blocks } = openPackingCity({ dynamo, s3, table, bucket }, plan);
    await Promise.all(
      chain.map(async (record) => {
        await blocks.put(record.hash, bodyOf(record).slice(0, BODY_BYTES));
        await headers.put(record, BODY_BYTES);
        await headers.setApplied(record.hash, 0, EMPTY_TOTALS.encode());
      }),
    );
    const records = recordRequests(dynamo);
    const objects = recordRequests(s3);
    expect(await packSegments(deps)).toBe(1);

    // What a segment takes as a whole is shared by a thousand blocks.
    const { writes, reads } = sumUnits(records);
    process.stdout.write(`packing ${SEGMENT} blocks: ${writes} WRU, ${reads} RRU\n`);
    expect(Math.round(writes / SEGMENT)).toBe(IDLE_USAGE.packing.writesPerBlock);
    expect(Math.round(reads / SEGMENT)).toBe(IDLE_USAGE.packing.readsPerBlock);
    const asked = (action: string) => objects.filter((one) => one.action === action).length;
    expect([asked("PutObject"), asked("GetObject")]).toEqual([1, 1]);
  });
});
