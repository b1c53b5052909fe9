import type { HashHex } from "#shared/primitives/brand.ts";
import { binary, type DynamoItem, text } from "./dynamo-item.ts";

/** Sort key of items that are alone under their partition key. */
const ALONE = Uint8Array.of(0);

/** Key of an item of the table `chain`. @source cloud.md 3.1 */
export function chainKey(partition: string, sort: Uint8Array = ALONE): DynamoItem {
  return { pk: text(partition), sk: binary(sort) };
}

/** Key of a header and what is known about its block. */
export function headerKey(hash: HashHex): DynamoItem {
  return chainKey(`H#${hash}`);
}
