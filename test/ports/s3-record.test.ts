import { type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, it } from "vitest";
import { composeRecord } from "#services/cli/fleet/compose-record.ts";
import { createS3Record } from "#shared/adapters/aws/s3-record.ts";
import { cannedClient } from "../support/aws/canned-client.ts";
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

describe("a record of which another write is on its way", () => {
  const refusal = (name: string, httpStatusCode: number) =>
    new S3ServiceException({ name, $fault: "client", $metadata: { httpStatusCode } });

  /** @param answers to one write after the other */
  function writing(...answers: readonly (S3ServiceException | { readonly ETag: string })[]) {
    let at = 0;
    const { client, asked } = cannedClient<S3Client>({
      PutObject() {
        const answer = answers[at++];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    const options = { client, bucket: "release", key: "deploy.json", pause: async () => undefined };
    return { record: createS3Record(options), asked };
  }
  const conflict = refusal("ConditionalRequestConflict", 409);

  it("is written again, on the same condition, until it is known who was first", async () => {
    const { record, asked } = writing(conflict, conflict, { ETag: "two" });
    expect(await record.replace(Uint8Array.of(2), "one")).toBe("two");
    expect(asked.map(([, { IfMatch }]) => IfMatch)).toEqual(["one", "one", "one"]);
    const lost = writing(conflict, refusal("PreconditionFailed", 412));
    expect(await lost.record.replace(Uint8Array.of(2), "one")).toBeUndefined();
  });

  it("is a fault that may pass, where that is never known", async () => {
    const { record } = writing(...Array.from({ length: 9 }, () => conflict));
    const fault = { code: "EXOS-E8100", retryable: true };
    await expect(record.replace(Uint8Array.of(2), "one")).rejects.toMatchObject(fault);
  });
});

describe("the record of deployments", () => {
  it.each([
    ["of a newer exos", '{"v":2}'],
    ["that was cut off", '{"v":1,"oper'],
  ])("%s is no bug of ours, and is left as it is", async (_, text) => {
    const client = endpoint.s3();
    const bucket = await makeCityBucket(client);
    const bytes = new TextEncoder().encode(text);
    const record = createS3Record({ client, bucket, key: "deploy.json" });
    await record.replace(bytes, undefined);
    await expect(composeRecord(client, bucket).read()).rejects.toMatchObject({
      code: "EXOS-E8107",
      retryable: false,
      message: expect.stringContaining(`s3://${bucket}/deploy.json is not what this exos writes`),
    });
    expect((await record.read())?.bytes).toEqual(bytes);
  });
});
