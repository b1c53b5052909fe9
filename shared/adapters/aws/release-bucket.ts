import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { awsFaultOf } from "./aws-fault.ts";

/** Of an object that was replaced, such as `deploy.json` of last week. */
const OLD_VERSIONS_MAX = 20;

/**
 * The bucket that no stack can have made: whatever is deployed is read from it. Made where there is
 * none, and set up each time, so that a start that was killed in between is mended by the next one.
 *
 * Unlike the other buckets it keeps versions, which undo a hand's mistake in `deploy.json`, and no log
 * of who read it: the bucket of logs is made by a stack, out of this one.
 *
 * @source cloud.md 5.1
 */
export async function prepareReleaseBucket(client: S3Client, Bucket: string): Promise<void> {
  try {
    if (!(await isThere(client, Bucket))) await client.send(new CreateBucketCommand({ Bucket }));
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const LifecycleConfiguration = {
      Rules: [
        {
          ID: "replaced",
          Status: "Enabled",
          Filter: { Prefix: "" },
          NoncurrentVersionExpiration: {
            NoncurrentDays: 1,
            NewerNoncurrentVersions: OLD_VERSIONS_MAX,
          },
        } as const,
      ],
    };
    const lifecycle = { Bucket, LifecycleConfiguration };
    await client.send(new PutBucketLifecycleConfigurationCommand(lifecycle));
  } catch (cause) {
    throw awsFaultOf(cause, `preparing the bucket ${Bucket}`);
  }
}

async function isThere(client: S3Client, Bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (cause) {
    if (cause instanceof Error && /NotFound|NoSuchBucket|404/.test(cause.name)) return false;
    throw cause;
  }
}
