import type { S3Client } from "@aws-sdk/client-s3";
import { createS3Client } from "./s3-client.ts";
import { createS3Objects, type S3Objects } from "./s3-objects.ts";

/** A bucket and its client, in one module, for whoever loads both when he needs them. */
export function openS3Objects(bucket: string, client: S3Client = createS3Client()): S3Objects {
  return createS3Objects({ client, bucket });
}
