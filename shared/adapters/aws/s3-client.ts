import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { clientSettings } from "./aws-clients.ts";

/** Buckets. @param requestMs of one attempt; a segment takes longer than an item */
export function createS3Client(more: S3ClientConfig = {}, requestMs = 30_000): S3Client {
  return new S3Client({ ...clientSettings(requestMs), ...more });
}
