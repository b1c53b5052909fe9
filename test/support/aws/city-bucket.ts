import { randomBytes } from "node:crypto";
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";

/** The bucket `chain` of a new city, empty, under a name that nobody else has. */
export async function makeCityBucket(client: Pick<S3Client, "send">): Promise<string> {
  const Bucket = `exos-local-syd-t${randomBytes(6).toString("hex")}-chain`;
  await client.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}
