import type { BucketLifecycleConfiguration, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { archiveKey } from "#services/cli/fleet/stored-image.ts";
import { prepareReleaseBucket } from "#shared/adapters/aws/release-bucket.ts";
import { createS3Client } from "#shared/adapters/aws/s3-client.ts";
import { cannedClient } from "../../../support/aws/canned-client.ts";
import { openCannedEndpoint } from "../../../support/aws/canned-endpoint.ts";

const done = () => ({});
const SET_UP = {
  PutPublicAccessBlock: done,
  PutBucketVersioning: done,
  PutBucketLifecycleConfiguration: done,
};
const fault = (name: string) => () => {
  throw Object.assign(new Error(name), { name });
};

it("a bucket of releases is made where there is none, closed, and keeps what was replaced", async () => {
  const answers = { HeadBucket: fault("NotFound"), CreateBucket: done, ...SET_UP };
  const { client, asked } = cannedClient<S3Client>(answers);
  await prepareReleaseBucket(client, "releases");
  expect(asked.map(([name]) => name)).toEqual(Object.keys(answers));
  expect(asked.every(([, { Bucket }]) => Bucket === "releases")).toBe(true);
  expect(asked[3]?.[1]).toMatchObject({ VersioningConfiguration: { Status: "Enabled" } });
});

it("one that is there is set up again, since who made it may have been killed", async () => {
  const answers = { HeadBucket: done, ...SET_UP };
  const { client, asked } = cannedClient<S3Client>(answers);
  await prepareReleaseBucket(client, "releases");
  expect(asked.map(([name]) => name)).toEqual(Object.keys(answers));
});

it("one of somebody else is named", async () => {
  const { client, asked } = cannedClient<S3Client>({ HeadBucket: fault("AccessDenied") });
  await expect(prepareReleaseBucket(client, "releases")).rejects.toThrow(/bucket releases/);
  expect(asked).toHaveLength(1);
});

it.each([
  [403, "EXOS-E8104", false],
  [400, "EXOS-E8103", false],
  [301, "EXOS-E8102", false],
  [503, "EXOS-E8100", true],
])(
  "one that may not be looked at says why by its status alone, %d",
  async (status, code, retryable) => {
    await using endpoint = await openCannedEndpoint(() => ({ status, text: "" }));
    const client = createS3Client({
      region: "us-east-1",
      endpoint: endpoint.url,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const message = `preparing the bucket releases: status ${status}`;
    const fault = { code, retryable, message };
    await expect(prepareReleaseBucket(client, "releases")).rejects.toMatchObject(fault);
    client.destroy();
  },
);

it("keeps what was replaced of the record alone, and nothing of releases that were dropped", async () => {
  const { client, asked } = cannedClient<S3Client>({ HeadBucket: done, ...SET_UP });
  await prepareReleaseBucket(client, "releases");
  const [, input = {}] = asked.at(-1) ?? [];
  const { Rules = [] } = input["LifecycleConfiguration"] as BucketLifecycleConfiguration;
  const rulesOf = (key: string) =>
    Rules.filter(({ Filter }) => key.startsWith(Filter?.Prefix ?? ""));
  const keptOf = (key: string) =>
    rulesOf(key).map((rule) => rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions ?? 0);
  expect(keptOf("deploy.json")).toEqual([20]);
  const dropped = ["assembly/1/release.json", "image/1/image.json", archiveKey({ sha256: "ab" })];
  for (const key of dropped) expect(keptOf(key), key).toEqual([0]);
});
