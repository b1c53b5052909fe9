import { decodeWhole } from "#shared/codec/decode-whole.ts";
import type { DecodeFault } from "#shared/codec/reader.ts";
import { Writer } from "#shared/codec/writer.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Something a node has, or wants. */
export interface InventoryItem {
  /** 1 transaction, 2 block, 3 filtered, 4 compact; with bit 30 its witnesses too. */
  readonly type: number;
  readonly hash: Hash256;
}

/** Most items of one message. @source MaxInventorySize, InvPayload.cs (EXOSFullNode e61c2e61) */
const ITEMS_MAX = 50_000;
const ITEM_BYTES = 36;

/** Payload of `inv` and of `getdata`. */
export function decodeInventory(bytes: Uint8Array): Result<InventoryItem[], DecodeFault> {
  return decodeWhole(bytes, (reader) =>
    reader.list(ITEM_BYTES, (items) => ({ type: items.u32(), hash: items.hash() }), ITEMS_MAX),
  );
}

/** @source exos-l1.md 7.4 */
export function encodeInventory(items: readonly InventoryItem[]): Uint8Array {
  return new Writer(9 + ITEM_BYTES * items.length)
    .list(items, ({ type, hash }, writer) => writer.u32(type).bytes(hash))
    .finish();
}
