import type { HashHex } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { chainKey } from "./chain-key.ts";
import { brokenItem, type DynamoItem, setOf } from "./dynamo-item.ts";

const PREFIX_BYTES = 2;
const ENTRY_HASH_BYTES = 8;
const ENTRY_BYTES = ENTRY_HASH_BYTES + 4;

/**
 * Item of the index that knows a hash: by its first two bytes in wire order, where the zeros that
 * work puts into a hash are not. @source cloud.md 3.1 `X#`
 */
export function indexKey(hash: HashHex): DynamoItem {
  return chainKey(`X#${toHex(fromHashHex(hash).subarray(0, PREFIX_BYTES))}`);
}

/** The next eight bytes of the hash, then the height, big-endian. */
export function indexEntry(hash: HashHex, height: number): Uint8Array {
  const entry = new Uint8Array(ENTRY_BYTES);
  entry.set(fromHashHex(hash).subarray(PREFIX_BYTES, PREFIX_BYTES + ENTRY_HASH_BYTES));
  new DataView(entry.buffer).setUint32(ENTRY_HASH_BYTES, height);
  return entry;
}

/** Heights at which a block of this hash may stand; whoever asks compares the whole hash there. */
export function indexedHeights(hash: HashHex, item: DynamoItem): number[] {
  const wanted = indexEntry(hash, 0).subarray(0, ENTRY_HASH_BYTES);
  return setOf(item, "e").flatMap((entry) => {
    if (entry.length !== ENTRY_BYTES) throw brokenItem(`an index entry of ${entry.length} bytes`);
    if (!equalBytes(entry.subarray(0, ENTRY_HASH_BYTES), wanted)) return [];
    return new DataView(entry.buffer, entry.byteOffset).getUint32(ENTRY_HASH_BYTES);
  });
}
