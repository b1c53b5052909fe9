import {
  type CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ResourceNotFoundException,
  UpdateKeysCommand,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
// Whatever is sent to the store is signed for every region, which only this package can.
import "@aws-sdk/signature-v4a";
import type { FleetBoard } from "#shared/ports/fleet-watch.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** Seconds for which pages may keep the picture. */
const PICTURE_SECONDS = 60;

/** The edge's store and the bucket of the pages. @source cloud.md 7.3 */
export function createEdgeFleetBoard(options: {
  readonly store: Pick<CloudFrontKeyValueStoreClient, "send">;
  /** ARN of the store. */
  readonly arn: string;
  /** Name of the entry. */
  readonly key: string;
  readonly objects: Pick<S3Client, "send">;
  readonly bucket: string;
}): FleetBoard {
  const { store, arn: KvsARN, key: Key, objects, bucket: Bucket } = options;
  return {
    async vector() {
      try {
        return (await store.send(new GetKeyCommand({ KvsARN, Key }))).Value;
      } catch (cause) {
        if (cause instanceof ResourceNotFoundException) return undefined;
        throw awsFaultOf(cause, `reading ${Key} of the edge`);
      }
    },
    async putVector(Value) {
      try {
        // Two watchers write, each its own entry: who comes second is refused, and tries next time.
        const { ETag } = await store.send(new DescribeKeyValueStoreCommand({ KvsARN }));
        await store.send(new UpdateKeysCommand({ KvsARN, IfMatch: ETag, Puts: [{ Key, Value }] }));
      } catch (cause) {
        throw awsFaultOf(cause, `writing ${Key} of the edge`);
      }
    },
    async putPicture(Body) {
      const CacheControl = `public, max-age=${PICTURE_SECONDS}`;
      const ContentType = "application/json";
      const command = { Bucket, Key: "fleet.json", Body, CacheControl, ContentType };
      try {
        await objects.send(new PutObjectCommand(command));
      } catch (cause) {
        throw awsFaultOf(cause, `writing fleet.json of ${Bucket}`);
      }
    },
  };
}
