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

/** Somebody else was first: a condition was not met, or another write was on its way. */
const LOST: ReadonlySet<number | undefined> = new Set([409, 412]);

/** @source cloud.md 11, `deploy.json` */
export function createS3Record(options: {
  readonly client: Pick<S3Client, "send">;
  readonly bucket: string;
  readonly key: string;
}): S3Record {
  const { client, bucket: Bucket, key: Key } = options;
  const objects = createS3Objects(options);
  return {
    read: () => objects.get(Key),
    async replace(Body, etag) {
      const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
      try {
        const put = new PutObjectCommand({ Bucket, Key, Body, ...condition });
        return (await client.send(put)).ETag ?? "";
      } catch (cause) {
        const status =
          cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
        if (LOST.has(status)) return undefined;
        throw awsFaultOf(cause, `writing s3://${Bucket}/${Key}`);
      }
    },
  };
}
