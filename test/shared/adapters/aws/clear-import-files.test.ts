import { afterAll, expect, it } from "vitest";
import { clearImportFiles } from "#shared/adapters/aws/import-files.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { makeCityBucket } from "../../../support/aws/city-bucket.ts";
import { openFauxqsEndpoint } from "../../../support/aws/fauxqs-endpoint.ts";

const endpoint = await openFauxqsEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

it("imports that died leave nothing under any name, and snapshots and segments stay", async () => {
  const client = endpoint.s3();
  const objects = createS3Objects({ client, bucket: await makeCityBucket(client) });
  const stays = [
    "segments/000001.seg",
    "snapshots/1999-0a1b2c3d/coins-0.bin.zst",
    "snapshots/1999-0a1b2c3d/headers.bin.zst",
    "snapshots/1999-0a1b2c3d/manifest.json",
    "state/import-0.json.gz",
  ];
  const goes = [
    "snapshots/1999-0a1b2c3d/import-0.json.gz",
    "snapshots/2999-0a1b2c3d/import-0.json.gz",
    "snapshots/2999-0a1b2c3d/import-11.json.gz",
    "snapshots/2999-0a1b2c3d/index-1.json.gz",
  ];
  for (const key of [...stays, ...goes]) await objects.put(key, Uint8Array.of(1));
  await clearImportFiles(objects);
  const left: string[] = [];
  for await (const { key } of objects.list("")) left.push(key);
  expect(left.sort()).toEqual(stays);
});
