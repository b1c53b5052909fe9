import type { S3Client } from "@aws-sdk/client-s3";
import type { Traces } from "#shared/ports/traces.ts";
import { createS3Client } from "./s3-client.ts";
import { createS3Objects, type S3Objects } from "./s3-objects.ts";

/**
 * A bucket and its client, in one module, for whoever loads both when he needs them.
 * @param given a client that there is already; else one whose calls are traced as the others' are
 */
export function openS3Objects(
  bucket: string,
  given: { readonly s3?: S3Client; readonly traces?: Traces | undefined },
): S3Objects {
  return createS3Objects({ client: given.s3 ?? createS3Client({}, given.traces), bucket });
}
