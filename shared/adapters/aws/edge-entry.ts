import {
  type CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  PutKeyCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
// Whatever is sent to the store is signed for every region, which only this package can.
import "@aws-sdk/signature-v4a";
import { awsFaultOf } from "./aws-fault.ts";

/** Two watchers write into the same store, at most once a minute each. */
const TRIES = 5;

/** One entry of the edge's store, for whoever must see it written. */
export interface EdgeEntry {
  /** @returns `undefined` before it was set for the first time */
  current(): Promise<string | undefined>;
  /** @throws StoreFault, also when somebody else wrote into the store at every try */
  set(value: string): Promise<void>;
}

/** The value is in no message of a fault: it may be a secret. @source cloud.md 7.3 */
export function createEdgeEntry(options: {
  readonly store: Pick<CloudFrontKeyValueStoreClient, "send">;
  /** ARN of the store. */
  readonly arn: string;
  readonly key: string;
}): EdgeEntry {
  const { store, arn: KvsARN, key: Key } = options;
  async function write(Value: string, triesLeft: number): Promise<void> {
    const { ETag } = await store.send(new DescribeKeyValueStoreCommand({ KvsARN }));
    try {
      await store.send(new PutKeyCommand({ KvsARN, Key, Value, IfMatch: ETag }));
    } catch (cause) {
      if (!(cause instanceof ConflictException) || triesLeft === 1) throw cause;
      await write(Value, triesLeft - 1);
    }
  }
  return {
    async current() {
      try {
        return (await store.send(new GetKeyCommand({ KvsARN, Key }))).Value;
      } catch (cause) {
        if (cause instanceof ResourceNotFoundException) return undefined;
        throw awsFaultOf(cause, `reading ${Key} of the edge`);
      }
    },
    async set(value) {
      await write(value, TRIES).catch((cause: unknown) => {
        throw awsFaultOf(cause, `writing ${Key} of the edge`);
      });
    },
  };
}
