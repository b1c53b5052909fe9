import { inParallel } from "#shared/ports/in-parallel.ts";
import type { Segments } from "#shared/ports/segments.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { headerKey } from "./chain-key.ts";
import { binary, binarySet } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { indexEntry, indexKey } from "./hash-index.ts";
import type { S3Objects } from "./s3-objects.ts";
import { readSegmentItem, segmentItem, segmentKey, segmentObject } from "./segment-items.ts";

/** Requests on their way at once. */
const AT_ONCE = 16;

export interface AwsSegmentsOptions {
  /** The table `chain`. */
  readonly chain: DynamoTable;
  /** The bucket `chain`. */
  readonly objects: S3Objects;
  /** Where bodies lie before they are packed. */
  readonly blocks: { forget(hash: HashHex): Promise<void> };
}

/** Segments as objects `segments/<n>.seg`, items `S#<n>` and the index `X#`. @source cloud.md 5.2 */
export function createAwsSegments({ chain, objects, blocks }: AwsSegmentsOptions): Segments {
  async function release(hash: HashHex): Promise<void> {
    await blocks.forget(hash);
    await chain.delete(headerKey(hash));
  }
  return {
    async write(index, pieces) {
      await objects.writeIfAbsent(segmentObject(index), pieces);
    },
    replace: (index, pieces) => objects.write(segmentObject(index), pieces),
    read: (index) => objects.read(segmentObject(index)),
    // Its own place may be taken by itself: a lost answer is asked for again.
    declare: (index, info, before = info) =>
      chain.put(segmentItem(index, info), {
        text: "attribute_not_exists(#pk) OR #sha = :sha OR #sha = :before",
        values: { sha: binary(info.sha256), before: binary(before.sha256) },
      }),
    async info(index) {
      const item = await chain.get(segmentKey(index));
      return item === undefined ? undefined : readSegmentItem(item);
    },
    async list(packed) {
      await inParallel(packed, AT_ONCE, ({ hash, height }) =>
        chain.update(indexKey(hash), {
          text: "ADD #e :entry",
          values: { entry: binarySet([indexEntry(hash, height)]) },
        }),
      );
    },
    isLoose: async (hash) => (await chain.get(headerKey(hash)))?.["hd"] !== undefined,
    async release(hashes) {
      await inParallel(hashes.slice(0, -1), AT_ONCE, release);
      await inParallel(hashes.slice(-1), 1, release);
    },
  };
}
