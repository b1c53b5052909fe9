import type { S3Client } from "@aws-sdk/client-s3";
import { createS3Record } from "#shared/adapters/aws/s3-record.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { DeployRecord } from "./deploy-ports.ts";
import { DEPLOY_STATE, type DeployState } from "./deploy-state.ts";
import { jsonOf } from "./json-of.ts";

const KEY = "deploy.json";

/** The record in the bucket of releases. @source cloud.md 11 */
export function composeRecord(client: Pick<S3Client, "send">, bucket: string): DeployRecord {
  const record = createS3Record({ client, bucket, key: KEY });
  return {
    async read() {
      const found = await record.read().catch((cause: unknown) => {
        // The bucket is made by the first deployment.
        if (cause instanceof StoreFault && cause.code === "EXOS-E8102") return undefined;
        throw cause;
      });
      return found && { state: stateIn(found.bytes, bucket), tag: found.etag };
    },
    write: (state, tag) => record.replace(Buffer.from(JSON.stringify(state)), tag),
  };
}

/** What it says is never guessed: whoever wrote more than is known here would lose it. */
function stateIn(bytes: Uint8Array, bucket: string): DeployState {
  const read = DEPLOY_STATE.safeParse(jsonOf(bytes));
  if (read.success) return read.data;
  const message = `s3://${bucket}/${KEY} is not what this exos writes there: use the one that deployed last, or a newer one`;
  throw new StoreFault(message, { retryable: false, code: "EXOS-E8107" });
}
