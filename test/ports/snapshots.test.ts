import { afterAll, beforeAll, describe } from "vitest";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3Snapshots } from "#shared/adapters/aws/s3-snapshots.ts";
import { createMemorySnapshots } from "#shared/adapters/embedded/memory-snapshots.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import {
  FAUXQS_TRAITS,
  type FauxqsEndpoint,
  openFauxqsEndpoint,
} from "../support/aws/fauxqs-endpoint.ts";
import { contractOn } from "./contract-cases.ts";
import { snapshotsContract } from "./snapshots.contract.ts";

let endpoint: FauxqsEndpoint;
beforeAll(async () => {
  endpoint = await openFauxqsEndpoint();
});
afterAll(() => endpoint[Symbol.asyncDispose]());

describe("memory snapshots", () => snapshotsContract(async () => createMemorySnapshots()));

contractOn("snapshots", FAUXQS_TRAITS, () =>
  snapshotsContract(async () => {
    const client = endpoint.s3();
    return createS3Snapshots(createS3Objects({ client, bucket: await makeCityBucket(client) }));
  }),
);
