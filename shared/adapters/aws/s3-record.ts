import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { awsFaultOf } from "./aws-fault.ts";
import { createS3Objects, type S3Object } from "./s3-objects.ts";

/** One object that is changed by compare-and-set. Every method throws StoreFault on failure. */
export interface S3Record {
  read(): Promise<S3Object | undefined>;
  /**
   * @param etag of the object that is replaced; `undefined`: there must be none
   * @returns the new object's; `undefined` when it was not that object any more, or this very write
   *   arrived before and its answer was lost
   */
  replace(bytes: Uint8Array, etag: string | undefined): Promise<string | undefined>;
}

/** Somebody else was first. */
const NOT_MET = 412;
/** Another write was on its way, perhaps this very one: nobody knows yet who is first. */
const CONFLICT = 409;
/** How often it is asked then, and how much longer it is waited each time. */
const TRIES_MAX = 5;
const PAUSE_MS = 200;

/** @source cloud.md 11, `deploy.json` */
export function createS3Record(options: {
  readonly client: Pick<S3Client, "send">;
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds; given by tests, which wait for nothing. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}): S3Record {
  const { client, bucket: Bucket, key: Key, pause = sleep } = options;
  const objects = createS3Objects(options);
  return {
    read: () => objects.get(Key),
    async replace(Body, etag) {
      const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
      for (let tries = 1; ; tries++) {
        try {
          const put = new PutObjectCommand({ Bucket, Key, Body, ...condition });
          return (await client.send(put)).ETag ?? "";
        } catch (cause) {
          const status =
            cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
          if (status === NOT_MET) return undefined;
          if (status !== CONFLICT || tries === TRIES_MAX) {
            throw awsFaultOf(cause, `writing s3://${Bucket}/${Key}`);
          }
        }
        await pause(tries * PAUSE_MS);
      }
    },
  };
}
