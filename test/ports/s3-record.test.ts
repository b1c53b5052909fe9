import { afterAll, expect } from "vitest";
import { createS3Record } from "#shared/adapters/aws/s3-record.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { FAUXQS_TRAITS, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { contractOn } from "./contract-cases.ts";

const endpoint = await openFauxqsEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

async function open() {
  const client = endpoint.s3();
  return createS3Record({ client, bucket: await makeCityBucket(client), key: "deploy.json" });
}

contractOn("s3-record", FAUXQS_TRAITS, ({ it, needing }) => {
  it("is absent, then what was written, under a new name each time", async () => {
    const record = await open();
    expect(await record.read()).toBeUndefined();
    const one = await record.replace(Uint8Array.of(1), undefined);
    expect(await record.read()).toEqual({ bytes: Uint8Array.of(1), etag: one });
    const two = await record.replace(Uint8Array.of(2), one);
    expect(two).not.toBe(one);
    expect((await record.read())?.bytes).toEqual(Uint8Array.of(2));
  });

  needing("conditional-objects")(
    "is replaced by whoever read it last, and by nobody else",
    async () => {
      const record = await open();
      const one = await record.replace(Uint8Array.of(1), undefined);
      expect(await record.replace(Uint8Array.of(9), undefined)).toBeUndefined();
      expect(await record.replace(Uint8Array.of(2), one)).toBeDefined();
      expect(await record.replace(Uint8Array.of(9), one)).toBeUndefined();
      expect((await record.read())?.bytes).toEqual(Uint8Array.of(2));
    },
  );
});
