import type { SegmentInfo } from "#shared/ports/segments.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { chainKey } from "./chain-key.ts";
import {
  binary,
  bytesOf,
  type DynamoItem,
  numberOf,
  numeric,
  optionalBytesOf,
  text,
} from "./dynamo-item.ts";

const digits = (index: number): string => String(index).padStart(6, "0");

/** Name of a segment's object. @source cloud.md 5.1 */
export function segmentObject(index: number): string {
  return `segments/${digits(index)}.seg`;
}

/** Key of what is known of a segment. @source cloud.md 3.1 `S#` */
export function segmentKey(index: number): DynamoItem {
  return chainKey(`S#${digits(index)}`);
}

export function segmentItem(index: number, info: SegmentInfo): DynamoItem {
  return {
    ...segmentKey(index),
    key: text(segmentObject(index)),
    sha: binary(info.sha256),
    bytes: numeric(info.bytes),
    ...(info.muhash !== undefined && { mu: binary(fromHashHex(info.muhash)) }),
  };
}

/** @throws StoreFault when the item is none of `segmentItem` */
export function readSegmentItem(item: DynamoItem): SegmentInfo {
  const muhash = optionalBytesOf(item, "mu");
  return {
    sha256: bytesOf(item, "sha"),
    bytes: numberOf(item, "bytes"),
    muhash: muhash === undefined ? undefined : toHashHex(muhash as Hash256), // as it was written
  };
}
