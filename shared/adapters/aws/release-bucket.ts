import {
  CreateBucketCommand,
  HeadBucketCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { awsFaultOf } from "./aws-fault.ts";

/** Of the record that was replaced, such as the one of last week. */
const OLD_RECORDS_MAX = 20;
const RECORD = "deploy.json";
/** Releases, their images, what machines follow: written once each, and dropped when they are old. */
const DROPPED = ["assembly/", "image/", "release/"] as const;

/**
 * What was dropped is gone a day later: versions that are kept by their number are kept of what was
 * dropped as well, and each release is hundreds of megabytes.
 *
 * @source Amazon S3 API, `NoncurrentVersionExpiration`: `NewerNoncurrentVersions`
 */
const RULES: readonly LifecycleRule[] = [
  {
    ID: "replaced",
    Status: "Enabled",
    Filter: { Prefix: RECORD },
    NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: OLD_RECORDS_MAX },
  },
  ...DROPPED.map((Prefix) => ({
    ID: `dropped ${Prefix}`,
    Status: "Enabled" as const,
    Filter: { Prefix },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    Expiration: { ExpiredObjectDeleteMarker: true },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  })),
];

/**
 * The bucket that no stack can have made: whatever is deployed is read from it. Made where there is
 * none, and set up each time, so that a start that was killed in between is mended by the next one.
 *
 * Unlike the other buckets it keeps versions, which undo a hand's mistake in its record, and no log
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
    const LifecycleConfiguration = { Rules: [...RULES] };
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
