import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3SavedState } from "#shared/adapters/aws/s3-saved-state.ts";
import { jsonFile } from "#shared/adapters/embedded/json-file.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { savedStateContract } from "./saved-state.contract.ts";

describe("file of JSON", () =>
  savedStateContract(async () => {
    const path = join(temporaryFolder(), "state.json");
    const open = () => jsonFile(path);
    return { state: open(), reopen: open, spoil: () => writeFile(path, "{") };
  }));

describe("object of S3", () => {
  const bucket = `exos-state-${process.pid}`;
  let endpoint: FauxqsEndpoint;
  let count = 0;
  beforeAll(async () => {
    endpoint = await openFauxqsEndpoint();
    await endpoint.s3().send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterAll(() => endpoint[Symbol.asyncDispose]());

  savedStateContract(async () => {
    const name = `thing-${++count}`;
    const client = endpoint.s3();
    const open = () => createS3SavedState({ client, bucket, name });
    const spoiled = { Bucket: bucket, Key: `state/${name}.json`, Body: "{" };
    return {
      state: open(),
      reopen: open,
      spoil: async () => void (await client.send(new PutObjectCommand(spoiled))),
    };
  });

  it("is a fault where there is no such bucket", async () => {
    const state = createS3SavedState({ client: endpoint.s3(), bucket: "nowhere", name: "x" });
    await expect(state.write({})).rejects.toBeInstanceOf(StoreFault);
    await expect(state.read()).rejects.toMatchObject({ retryable: false, code: "EXOS-E8102" });
  });
});
