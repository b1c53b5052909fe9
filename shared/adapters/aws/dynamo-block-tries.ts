import type { BlockTries } from "#shared/ports/block-tries.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { headerKey } from "./chain-key.ts";
import { numberOf, numeric, optionalNumberOf } from "./dynamo-item.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Tries as attributes of the header's item. @param chain the table `chain` @source cloud.md 3.1 */
export function createDynamoBlockTries(chain: DynamoTable): BlockTries {
  return {
    async note(hash, now) {
      await chain.update(headerKey(hash), {
        text: "SET #ta = :now ADD #tr :one",
        values: { now: numeric(now), one: numeric(1) },
      });
    },
    async noteTold(hash, now) {
      await chain.update(headerKey(hash), {
        text: "SET #tt = :now",
        values: { now: numeric(now) },
      });
    },
    async get(hash) {
      const item = await chain.get(headerKey(hash));
      const count = item === undefined ? undefined : optionalNumberOf(item, "tr");
      if (item === undefined || count === undefined) return undefined;
      const told = optionalNumberOf(item, "tt");
      return {
        count,
        last: unixSeconds(numberOf(item, "ta")),
        told: told === undefined ? undefined : unixSeconds(told),
      };
    },
  };
}
