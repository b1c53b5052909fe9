import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { Traces } from "#shared/ports/traces.ts";
import { clientSettings } from "./aws-clients.ts";
import { traceCalls } from "./trace-calls.ts";

/** A segment takes longer than an item. */
const REQUEST_MS = 30_000;
/** Between two pieces of what is read, blocks are judged, a disk is flushed, a part is put elsewhere. */
const SILENT_MS = 10 * REQUEST_MS;

/** Buckets. */
export function createS3Client(more: S3ClientConfig = {}, traces?: Traces): S3Client {
  return traceCalls(new S3Client({ ...clientSettings(REQUEST_MS, SILENT_MS), ...more }), traces);
}
