import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { SavedState } from "#shared/ports/saved-state.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** An object `state/<name>.json` of the bucket `chain`. @source cloud.md 5.1 */
export function createS3SavedState(deps: {
  readonly client: Pick<S3Client, "send">;
  readonly bucket: string;
  /** Such as `peers`. */
  readonly name: string;
}): SavedState {
  const { client, bucket: Bucket } = deps;
  const Key = `state/${deps.name}.json`;
  return {
    async read() {
      let text: string | undefined;
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        text = await Body?.transformToString();
      } catch (cause) {
        // Who may not list the bucket would be told 403: every reader of it may.
        if (cause instanceof Error && cause.name === "NoSuchKey") return undefined;
        throw awsFaultOf(cause, `reading ${Bucket}/${Key}`);
      }
      try {
        return { value: JSON.parse(text ?? "") };
      } catch {
        // The caller decides what a document that is no JSON is worth.
        return "damaged";
      }
    },
    async write(value) {
      const Body = `${JSON.stringify(value)}\n`;
      const command = new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" });
      try {
        await client.send(command);
      } catch (cause) {
        throw awsFaultOf(cause, `writing ${Bucket}/${Key}`);
      }
    },
  };
}
