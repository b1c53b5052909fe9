import type { Cursors } from "#shared/ports/cursors.ts";
import { type Hash256, height } from "#shared/primitives/brand.ts";
import { fromHashHex, toHashHex } from "#shared/primitives/hash.ts";
import { chainKey } from "./chain-key.ts";
import { binary, bytesOf, numberOf, numeric } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Cursors as items `C#<follower>`. @param chain the table `chain` @source cloud.md 3.1 */
export function createDynamoCursors(chain: DynamoTable): Cursors {
  return {
    async get(follower) {
      const item = await chain.get(chainKey(`C#${follower}`));
      if (item === undefined) return undefined;
      return {
        rev: numberOf(item, "rev"),
        height: height(numberOf(item, "height")),
        hash: toHashHex(bytesOf(item, "hash") as Hash256), // as `set` wrote it
        generation: numberOf(item, "gen"),
      };
    },
    async set(follower, cursor) {
      const gen = numeric(cursor.generation);
      const item = {
        ...chainKey(`C#${follower}`),
        rev: numeric(cursor.rev),
        height: numeric(cursor.height),
        hash: binary(fromHashHex(cursor.hash)),
        gen,
      };
      await chain.put(item, {
        text: "attribute_not_exists(#gen) OR #gen <= :gen",
        values: { gen },
      });
    },
  };
}
