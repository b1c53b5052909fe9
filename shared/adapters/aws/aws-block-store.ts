import { sha256 } from "#shared/crypto/hashes.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { chainKey } from "./chain-key.ts";
import { binary, brokenItem, bytesOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import type { S3Objects } from "./s3-objects.ts";

/** Longest body that is an item: one object costs as much as eight kilobytes of item. */
export const INLINE_BYTES_MAX = 8_192;

/** Bodies that were packed away into segments. */
export interface PackedBodies {
  /** Whether a body is known to be packed, without a request. */
  isKnown(hash: HashHex): boolean;
  body(hash: HashHex): Promise<Uint8Array | undefined>;
}

export interface AwsBlockStoreOptions {
  /** The table `chain`. */
  readonly chain: DynamoTable;
  /** The bucket `chain`. */
  readonly objects: S3Objects;
  readonly packed: PackedBodies;
}

const itemKey = (hash: HashHex) => chainKey(`B#${hash}`);
const objectKey = (hash: HashHex): string => `recent/${hash}`;

/**
 * Bodies as items `B#<hash>` up to 8 KiB, as objects `recent/<hash>` above, and, once packed, in the
 * segment of their height. Where one hash was given bodies on both sides of the line, the shorter is
 * read until it is dropped: whoever reads for a verdict judges the bytes again anyway.
 *
 * @source cloud.md 3.1, 5.1, 5.2
 */
export function createAwsBlockStore(options: AwsBlockStoreOptions): BlockStore {
  const { chain, objects, packed } = options;

  async function inline(hash: HashHex): Promise<Uint8Array | undefined> {
    const item = await chain.get(itemKey(hash));
    if (item === undefined) return undefined;
    const bytes = bytesOf(item, "b");
    if (!equalBytes(sha256(bytes), bytesOf(item, "sha"))) {
      throw brokenItem(`the bytes of B#${hash} are not what they were`);
    }
    return bytes;
  }

  return {
    async put(hash, block) {
      if (block.length > INLINE_BYTES_MAX) {
        await objects.putIfAbsent(objectKey(hash), block.slice());
        return;
      }
      const item = { ...itemKey(hash), b: binary(block.slice()), sha: binary(sha256(block)) };
      await chain.put(item, { text: "attribute_not_exists(#pk)" });
    },
    async get(hash) {
      if (packed.isKnown(hash)) return packed.body(hash);
      const loose = (await inline(hash)) ?? (await objects.get(objectKey(hash)))?.bytes;
      return loose ?? packed.body(hash);
    },
    async drop(hash, block) {
      if (block.length <= INLINE_BYTES_MAX) {
        const values = { sha: binary(sha256(block)) };
        await chain.delete(itemKey(hash), { text: "#sha = :sha", values });
        return;
      }
      const found = await objects.get(objectKey(hash));
      if (found === undefined || !equalBytes(found.bytes, block)) return;
      await objects.deleteIf(objectKey(hash), found.etag);
    },
    async forget(hash) {
      await Promise.all([chain.delete(itemKey(hash)), objects.delete(objectKey(hash))]);
    },
  };
}
