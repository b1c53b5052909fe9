import type { AddressIndex, AddressIndexWriter } from "#shared/ports/address-index.ts";
import { createDynamoBlockReader } from "./dynamo-block-reader.ts";
import { createDynamoIndexWriter } from "./dynamo-index-writer.ts";
import { createDynamoOwnerReader } from "./dynamo-owner-reader.ts";
import { IndexSession, type IndexStores } from "./index-session.ts";

/**
 * The index in the table `index-g<n>` that the follower's cursor names. What other stores of the
 * city hold is not written a second time: the chain is the tip's, wherever the cursor is on it; what
 * outputs were is read from the coins, or from the block; who spends them say the coins' marks and
 * the block that they name. So a near-empty block costs four write units.
 *
 * `begin` and `clear` make a new generation, which takes its cursor with the first `follow`; only
 * whoever loads a city may do that.
 *
 * @source cloud.md 3.3, 6
 */
export function createDynamoAddressIndex(stores: IndexStores): AddressIndex & AddressIndexWriter {
  const session = new IndexSession(stores);
  return {
    ...createDynamoBlockReader(session),
    ...createDynamoOwnerReader(session),
    ...createDynamoIndexWriter(session),
  };
}
